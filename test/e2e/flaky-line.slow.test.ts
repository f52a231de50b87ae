import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { useShared } from '../support/shared.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** `STOPS` says how many of each kind are tried. */
const TIMES = Number(process.env.STOPS ?? '5');
const BETWEEN_MS = 300;
const LONG_ENOUGH_MS = 120_000 + TIMES * 60_000;

const records = useShared(createTestDatabase);
let line: FaultProxy;
let dropping: NodeJS.Timeout;

beforeAll(async () => {
  const { hostname, port } = new URL(inject('postgresUrl'));
  line = await startFaultProxy({ host: hostname, port: Number(port) });
});
afterAll(async () => {
  clearInterval(dropping);
  await line.stop();
});

function settings() {
  const url = new URL(records.url);
  url.port = String(line.port);
  return {
    DATABASE_URL: url.href,
    TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'),
    LOG_LEVEL: 'info',
  };
}

function beFlaky(): void {
  clearInterval(dropping);
  dropping = setInterval(() => line.dropOne(Math.random()), BETWEEN_MS);
}

async function beWell(): Promise<void> {
  clearInterval(dropping);
  await line.set('pass');
}

/** How one try ended: as it must, or what was wrong with it. */
interface Try {
  readonly code: number | string | null;
  readonly left: readonly string[];
  readonly said: string;
}

/** What is asked to end at a moment of its life, and what is left of it. */
async function tryStop(until: (output: () => string) => Promise<void>): Promise<Try> {
  const home = await makeE2eHome('flaky');
  try {
    const server = home.begin('standalone', settings());
    await until(server.output);
    const code = await server.stop();
    return { code, left: await home.processes(), said: server.output().slice(-2_000) };
  } finally {
    await home.stop();
  }
}

async function tryStops(moment: (output: () => string) => Promise<void>, codes: readonly unknown[]): Promise<void> {
  const wrong: Try[] = [];
  for (let times = 0; times < TIMES; times += 1) {
    const one = await tryStop(moment);
    if (!codes.includes(one.code) || one.left.length > 0) wrong.push(one);
    await beWell();
  }
  expect(wrong).toEqual([]);
}

const untilReady = (output: () => string) =>
  eventually(output, (said) => said.includes('Toygres is ready'), 60_000).then(() => undefined);

describe('a start', () => {
  it(
    'comes up, if later, while the line to the records drops connections',
    () =>
      tryStops(
        async (output) => {
          beFlaky();
          await untilReady(output);
        },
        [0],
      ),
    LONG_ENOUGH_MS,
  );
});

describe('a stop', () => {
  it(
    'ends in order, and leaves nothing, while the line to the records drops connections',
    () =>
      tryStops(
        async (output) => {
          await untilReady(output);
          beFlaky();
          await delay(Math.random() * 2 * BETWEEN_MS);
        },
        [0],
      ),
    LONG_ENOUGH_MS,
  );

  it(
    'does so when the records are gone',
    () =>
      tryStops(
        async (output) => {
          await untilReady(output);
          await line.set('refuse');
        },
        [0],
      ),
    LONG_ENOUGH_MS,
  );

  it(
    'does so when the records are silent',
    () =>
      tryStops(
        async (output) => {
          await untilReady(output);
          await line.set('swallow');
        },
        [0],
      ),
    LONG_ENOUGH_MS,
  );

  it(
    'in the middle of the start leaves nothing, on such a line too',
    () =>
      tryStops(async () => {
        if (Math.random() < 0.5) beFlaky();
        await delay(200 + Math.random() * 3_000);
      }, [0, 1, 'SIGTERM']),
    LONG_ENOUGH_MS,
  );
});
