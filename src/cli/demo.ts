import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { styleText } from 'node:util';
import { createApiClient } from './api-client.ts';
import { openGround } from './demo/open-ground.ts';
import { type DemoPlatform, readDemoOptions, USAGE } from './demo/options.ts';
import { startStandaloneServer } from './demo/standalone-server.ts';
import { tellStory } from './demo/story.ts';
import { formatSeconds } from './units.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

/** A home that the unprivileged user of the servers can enter, gone when the demo ends. */
async function makeHome(): Promise<string> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'toygres-demo-'));
  await chmod(home, 0o755);
  return home;
}

/** Rejects with the signal's name once somebody wants the demo to end. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function demo(platform: DemoPlatform, signal: AbortSignal): Promise<void> {
  await using stops = new AsyncDisposableStack();
  const home = await makeHome();
  stops.defer(() => rm(home, { recursive: true, force: true }));
  const ground = await openGround(platform, signal, say);
  stops.defer(() => ground.stop());
  say(`Starting a standalone server ${platform === 'local' ? 'on embedded defaults' : 'for the cluster'} ...`);
  const { environment } = ground;
  const server = await startStandaloneServer({ home, environment, signal, onNotice: (notice) => say(`  ${notice}`) });
  stops.defer(() => server.stop());
  const api = createApiClient(server.url, server.token);
  stops.defer(() => api.stop());
  say(`  ${server.url}`);
  await Promise.race([tellStory(api, ground), rejectOnAbort(signal)]);
}

/**
 * Aborted by the first signal that asks us to end, or when nobody reads any more what is said; further ones wait for the
 * end like everybody.
 */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on('error', () => controller.abort('SIGPIPE'));
  process.stderr.on('error', () => undefined);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) return;
      say('\nStopping what was started ...');
      controller.abort(name);
    });
  return controller.signal;
}

/** What went wrong, and what could not be cleaned up after it. */
function describe(error: unknown): string {
  if (error instanceof SuppressedError) return `${describe(error.suppressed)}\n${describe(error.error)}`;
  return error instanceof Error ? error.message : String(error);
}

async function main(platform: DemoPlatform): Promise<void> {
  const whole = performance.now();
  const interrupted = listenForSignals();
  try {
    await demo(platform, interrupted);
    say(`\nEverything that was started is stopped. ${formatSeconds((performance.now() - whole) / 1000)} in all.`);
  } catch (error) {
    if (interrupted.aborted && error === interrupted.reason) {
      say('Everything that was started is stopped.');
      process.exit(128 + os.constants.signals[interrupted.reason as NodeJS.Signals]);
    }
    throw error;
  }
}

try {
  const options = readDemoOptions(process.argv.slice(3));
  if (options === null) say(USAGE);
  else await main(options.platform);
} catch (error) {
  process.stderr.write(`\n${styleText('red', 'The demo failed:')} ${describe(error)}\n`);
  process.exitCode = 1;
}
