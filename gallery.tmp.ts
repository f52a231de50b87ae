import { mkdir, rm } from 'node:fs/promises';
import { launchChromium, findChromium } from './test/support/chromium.ts';
import { openConsole } from './test/support/console-visit.ts';
const root = process.env.ROOT ?? '';
const token = process.env.TOYGRES_TOKEN ?? '';
const out = '/tmp/clgal/out';
const only = process.argv[2] ? new RegExp(process.argv[2]) : /./;
await mkdir(out, { recursive: true });
const ask = async (query: string) => {
  const r = await fetch(`${root}graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
  const { data, errors } = (await r.json()) as any;
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const d = await ask(`{ o: instance(name:"orders"){id} b: instance(name:"billing"){id} m: image(name:"orders-monday"){id} t: image(name:"orders-tuesday"){id}
  f: operations(filter:{state:[FAILED]}){nodes{id}} r: operations(filter:{kind:[CREATE_INSTANCE]}){nodes{id image{id}}} i: operations(filter:{kind:[CREATE_IMAGE],state:[SUCCEEDED]}){nodes{id}}
  schedules{nodes{id name}} alerts{nodes{id}} }`);
const s = d.schedules.nodes.find((x: any) => x.name === 'nightly').id;
const restore = d.r.nodes.find((x: any) => x.image)?.id;
const pages: [string, string][] = [
  ['overview', ''], ['instances', 'instances'], ['instance', `instances/${d.o.id}`], ['instance-images', `instances/${d.o.id}/images`],
  ['instance-operations', `instances/${d.o.id}/operations`], ['instance-logs', `instances/${d.o.id}/logs`], ['instance-findings', `instances/${d.o.id}/findings`],
  ['instance-settings', `instances/${d.o.id}/settings`], ['instance-take', `instances/${d.o.id}?do=image`], ['instance-delete', `instances/${d.o.id}?do=delete`], ['instance-new', 'instances/new'],
  ['billing', `instances/${d.b.id}`],
  ['images', 'images'], ['image', `images/${d.m.id}`], ['image-findings', `images/${d.m.id}/findings`], ['image-drills', `images/${d.m.id}/drills`], ['image-files', `images/${d.t.id}/files`],
  ['image-operations', `images/${d.m.id}/operations`], ['image-logs', `images/${d.m.id}/logs`], ['image-settings', `images/${d.m.id}/settings`], ['image-restore', `images/${d.m.id}/restore`], ['image-restore-physical', `images/${d.t.id}/restore`],
  ['operations', 'operations'], ['operation-image', `operations/${d.i.nodes[0].id}`], ['operation-failed', `operations/${d.f.nodes[0].id}`], ['operation-restore', `operations/${restore}`],
  ['schedules', 'schedules'], ['schedule', `schedules/${s}`], ['schedule-edit', `schedules/${s}/edit`], ['schedule-new', 'schedules/new'],
  ['alerts', 'alerts?which=any'], ['alert', `alerts/${d.alerts.nodes[0]?.id}`],
  ['server', 'server'], ['drift', 'server/drift'], ['webhooks', 'server/webhooks'], ['users', 'server/users'], ['tokens', 'server/tokens'], ['audit', 'server/audit'],
];
const browser = await launchChromium(findChromium());
const looks = [{ width: 1440, dark: false }, { width: 1440, dark: true }, { width: 768, dark: true }, { width: 768, dark: false }, { width: 360, dark: false }, { width: 360, dark: true }];
for (const look of looks) {
  const name = `${look.width}${look.dark ? 'd' : 'l'}`;
  if (process.env.LOOKS && !process.env.LOOKS.split(',').includes(name)) continue;
  const one = await openConsole(browser, root, look);
  await one.open('');
  if (only.test('sign-in')) await one.page.screenshot({ path: `${out}/sign-in-${name}.png` });
  await one.signIn('admin', process.env.PASSWORD ?? '');
  for (const [page, place] of pages) {
    if (!only.test(page)) continue;
    await one.open(place);
    await one.page.locator('h1').first().waitFor();
    await one.page.waitForFunction('document.querySelectorAll(".waiting").length === 0', undefined, { timeout: 10000 }).catch(() => console.log('waiting', page));
    await one.page.waitForTimeout(page.includes('log') || page.includes('operation-') ? 900 : 250);
    await one.page.screenshot({ path: `${out}/${page}-${name}.png`, fullPage: !page.includes('take') && !page.includes('delete') });
    const wide = await one.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    if (wide) console.log('TOO WIDE', page, name);
  }
  if (one.faults.length) console.log(one.faults);
  await one.close();
}
await browser.close();
