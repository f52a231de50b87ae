import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { openParts } from '../crash/parts.ts';
import { audit } from '../support/audit.ts';
import type { Fleet } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import { type Holdings, readData } from './users.ts';

const MINUTE = 60_000;

/** Waits, at most so long, until the look finds nothing any more; answers with what it still finds. */
async function until(look: () => Promise<readonly string[]>, ms: number): Promise<readonly string[]> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await look().catch((error: Error) => [`the look itself failed: ${error.message}`]);
    if (found.length === 0 || Date.now() > deadline) return found;
    await delay(1000);
  }
}

/** Lets everything come to its end, undisturbed, and writes down what is not as it must be. Answers with how operations ended. */
export async function settle(fleet: Fleet, holdings: Holdings, ledger: Ledger): Promise<ReadonlyMap<string, number>> {
  for (const berth of fleet.berths) await fleet.man(berth);
  const parts = await openParts(fleet.environment);
  try {
    const { database, platform, services } = parts.core;
    const { pool } = database;
    const look = () =>
      audit({
        pool,
        platform,
        container: fleet.container,
        stateDirectory: parts.stateDirectory,
        readPassword: (id) => services.instances.readPassword(id),
      });
    // A compensation may take its quarter of an hour; servers that were killed are started again with patience.
    ledger.findings.push(
      ...(await until(async () => (await look()).filter((each) => each.includes('is stuck')), 18 * MINUTE)),
    );
    ledger.findings.push(...(await until(look, 3 * MINUTE)));
    await compareData(fleet, holdings, ledger, pool);
    const ends = await pool.query<{ what: string; number: number }>(
      `SELECT kind || ' ' || state AS what, count(*)::int AS number FROM cms.operations GROUP BY 1 ORDER BY 1`,
    );
    const internal = await pool.query<{ text: string }>(
      `SELECT kind || ': ' || (failure->>'message') AS text FROM cms.operations WHERE failure->>'code' = 'INTERNAL'`,
    );
    ledger.findings.push(...internal.rows.map(({ text }) => `an operation failed without a true reason: ${text}`));
    return new Map(ends.rows.map(({ what, number }) => [what, number]));
  } finally {
    await parts.stops.disposeAsync();
  }
}

/** The data of every instance that runs, and of what is restored from images that are there. */
async function compareData(fleet: Fleet, holdings: Holdings, ledger: Ledger, pool: pg.Pool): Promise<void> {
  const api = fleet.berths.find(({ client }) => client !== null)?.client;
  if (!api) throw new Error('no API is up');
  const compare = async (id: string, wanted: string | undefined, what: string) => {
    if (wanted === undefined) return;
    const found = await readData(api, id).catch((error: Error) => error.message);
    if (found !== wanted)
      ledger.findings.push(`${what} ${id} holds other data than was written: ${found}, not ${wanted}`);
  };
  const running = await pool.query<{ id: string }>(`SELECT id FROM cms.instances WHERE state = 'RUNNING'`);
  for (const { id } of running.rows) {
    const from = holdings.restoredFrom.get(id);
    const wanted = from === undefined ? holdings.dataOf.get(id) : holdings.imaged.get(from);
    await compare(id, wanted, from === undefined ? 'the instance' : 'the restored instance');
  }
  const images = await pool.query<{ id: string }>(
    `SELECT id FROM cms.images WHERE state = 'AVAILABLE' ORDER BY id LIMIT 2`,
  );
  for (const { id } of images.rows) {
    const restored = await api.createInstance({ name: `last-${id.slice(0, 8)}`, sourceImageId: id });
    await api.untilOver(restored.operationId);
    await compare(restored.id, holdings.imaged.get(id), 'what was restored last as');
  }
}
