import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { makeE2eHome } from '../support/e2e-server.ts';
import { makeFleet } from './fleet.ts';
import { takePictures } from './take.ts';

const PASSWORD = 'a long word for pictures';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Listens to webhooks, and says yes. */
async function startHook() {
  const hook = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  });
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  return { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/toygres`, close: () => hook.close() };
}

/** Whether the server stays, for somebody who looks at all of its pages. */
const looks = process.argv.includes('--look');
const home = await makeE2eHome('pictures');
const hook = await startHook();
try {
  const server = await home.start('standalone', {
    TOYGRES_ADMIN_PASSWORD: PASSWORD,
    TOYGRES_WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  say('a server is up: filling it');
  const fleet = await makeFleet(home, server, hook.url);
  const root = (server.url ?? '').replace(/graphql$/, '');
  const browser = await launchChromium(findChromium());
  for (const file of await takePictures(browser, root, PASSWORD, fleet.ids)) say(file);
  await browser.close();
  if (looks) {
    say(JSON.stringify({ root, password: PASSWORD, token: server.token, home: home.directory, ids: fleet.ids }));
    say('Ctrl-C ends it');
    await once(process, 'SIGINT');
  }
  await fleet.release();
  await server.stop();
} finally {
  hook.close();
  await home.stop();
}
