import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Toygres } from '../../src/client/connect.ts';
import { readRunnable } from '../support/doc-blocks.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { ROOT } from '../support/source-files.ts';

const run = promisify(execFile);

/** The commands of a page for a shell that it does not say a reason against, in their order. */
const readCommands = (page: string) => readRunnable(page, 'sh');

/** What a page sends to the API, in its order, with what stands in it for something else. */
async function readDocuments(page: string, stands: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const documents = await readRunnable(page, 'graphql');
  return documents.map((text) => text.replace(/<[^>]+>/g, (words) => stands[words] ?? words));
}

let home: E2eHome;
let server: E2eServer;
let directory: string;
let toygres: Toygres;

/** Runs what a page says, as one who reads it would: `toygres` is the launcher of this checkout. */
async function follow(script: readonly string[]): Promise<string> {
  expect(script.length).toBeGreaterThan(0);
  const env = {
    PATH: `${directory}:${process.env.PATH}`,
    HOME: directory,
    TOYGRES_URL: (server.url ?? '').replace('/graphql', ''),
    TOYGRES_TOKEN: server.token,
  };
  const { stdout } = await run('bash', ['-c', ['set -euo pipefail', ...script].join('\n')], { cwd: directory, env });
  return stdout;
}

beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-docs-');
  await writeFile(path.join(directory, 'toygres'), `#!/bin/sh\nexec ${path.join(ROOT, 'src/toygres.sh')} "$@"\n`);
  await chmod(path.join(directory, 'toygres'), 0o755);
  home = await makeE2eHome('docs');
  server = await home.start('standalone');
  toygres = connect({ url: server.url ?? '', token: server.token });
});
afterAll(async () => {
  await toygres?.close();
  await server?.stop();
  await home?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the pages', () => {
  interface Begun {
    readonly createInstance: {
      readonly instance: { readonly id: string };
      readonly operation: { readonly id: string };
    };
  }

  test('the first steps of the README, and the guides of every night and of drills, do what they say', async () => {
    const [create = ''] = await readDocuments('README.md');
    const { createInstance: begun } = await toygres.request<Begun>(create);
    const id = begun.instance.id;
    const [, follows = '', looks = '', ...others] = await readDocuments('README.md', {
      "<the operation's id>": begun.operation.id,
      "<the instance's id>": id,
    });
    expect(others).toEqual([]);
    const states: string[] = [];
    for await (const { operationEvents: event } of toygres.subscribe<{ operationEvents: { state: string } }>(follows))
      states.push(event.state);
    expect(states.at(-1)).toBe('SUCCEEDED');
    expect(JSON.stringify(await toygres.request(looks))).toMatch(/"postgresql:\/\/app:/);

    await mkdir(path.join(directory, '.toygres'));
    await writeFile(path.join(directory, '.toygres/token'), server.token);
    await mkdir(path.join(directory, 'node_modules/.bin'), { recursive: true });
    await symlink(path.join(directory, 'toygres'), path.join(directory, 'node_modules/.bin/toygres'));
    const here = (await readCommands('README.md')).map((text) =>
      text.replaceAll('http://127.0.0.1:8080/graphql', server.url ?? ''),
    );
    const said = await follow(here);
    expect(said).toContain('{"name":"shop","state":"RUNNING"}');
    const image = await toygres.findImage({ name: 'nightly' });
    expect(said).toMatch(new RegExp(`^${image?.id}$`, 'm'));

    await toygres.updateInstance({ instanceId: id, addLabels: [{ key: 'team', value: 'shop' }] });
    const night = await readDocuments('docs/guides/every-night.md');
    expect(night).toHaveLength(6);
    const made = await toygres.request<{ createSchedule: { schedule: { id: string } } }>(night[0] ?? '');
    const scheduleId = made.createSchedule.schedule.id;
    expect(await toygres.request(night[1] ?? '')).toEqual({ schedule: { runs: { nodes: [] } } });
    expect(await toygres.request(night[2] ?? '', { id: scheduleId })).toMatchObject({
      retentionPreview: { remove: [] },
    });
    const hook = await toygres.request<{ createWebhook: { webhook: { id: string } } }>(night[3] ?? '');
    expect(JSON.stringify(await toygres.request(night[4] ?? ''))).toContain('"UNPROVEN"');

    const [verify = '', drill = '', ...more] = await readDocuments('docs/guides/prove-an-image.md');
    expect(more).toEqual([]);
    type Verified = { verifyImage: { drill: { id: string }; operation: { id: string } } };
    const proven = await toygres.request<Verified>(verify, { id: image?.id });
    await toygres.waitForOperation(proven.verifyImage.operation);
    const { id: drillId } = proven.verifyImage.drill;
    expect(await toygres.request(drill, { id: drillId })).toMatchObject({ drill: { state: 'PASSED', findings: [] } });

    const last = await toygres.request<{ deleteInstance: { operation: { id: string } } }>(night[5] ?? '', { id });
    await toygres.waitForOperation(last.deleteInstance.operation);
    expect((await toygres.findImage({ name: 'shop-final' }))?.state).toBe('AVAILABLE');
    // The pages that follow begin with these names.
    await toygres.request(
      `mutation($schedule: ID!, $hook: ID!) { deleteSchedule(input: { scheduleId: $schedule }) { id }
        deleteWebhook(input: { webhookId: $hook }) { id } }`,
      { schedule: scheduleId, hook: hook.createWebhook.webhook.id },
    );
    for (const name of ['nightly', 'shop-final']) {
      const found = await toygres.findImage({ name });
      await toygres.waitForOperation((await toygres.deleteImage({ imageId: found?.id ?? '' })).operation);
    }
  });

  test('the tutorial does what it says', async () => {
    const output = await follow(await readCommands('docs/tutorial.md'));
    expect(output).toMatch(/^1000\|750750\.00$/m);
    expect(output).toMatch(/^stays +shop-\d/m);
    expect(output).toMatch(/state: +DELETED/);
  });

  test('restoring and cloning do what they say', async () => {
    await follow(['toygres instance create shop --watch; toygres image create monday --instance shop --watch']);
    const output = await follow(await readCommands('docs/guides/restore.md'));
    expect(output).toMatch(/"name": "monday"/);
    expect(output).toMatch(/^shop-clone: done/m);
  });

  test('the page of the command line does what it says', async () => {
    const output = await follow(await readCommands('docs/command-line.md'));
    expect(output).toMatch(/^ok: +true$/m);
    expect(output).toMatch(/"name": "line-1"/);
    expect(output).toMatch(/^line: done/m);
  });

  test('rotating does what it says', async () => {
    const output = await follow(await readCommands('docs/guides/rotate.md'));
    expect(output).toMatch(/^postgresql:\/\/postgres:/m);
    expect(output).toMatch(/revokedAt: +\d{4}/);
  });
});
