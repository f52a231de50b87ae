import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { parseSecretKey } from '../src/secrets/secret-key.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import { startPlainServer } from './plain-server.ts';
import type { SectionReport } from './report.ts';
import { runSql } from './sql.ts';
import { type Standalone, startStandalone } from './standalone.ts';

const SERVERS = 1000;
const ROUND_MS = 30_000;
/** Servers that keep whoever asks waiting take a round longer than it should be. */
const WATCH_MS = 120_000;
const LOOK_MS = 1000;

/** The hostile servers in a process of their own: what they take is theirs. */
async function startHostile(): Promise<{ ports: readonly number[]; process: ChildProcess }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, 'hostile-servers.ts'), String(SERVERS)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) return { ports: JSON.parse(line), process: child };
  throw new Error('the hostile servers did not start');
}

async function insertRecords(records: string, { product }: Standalone, key: string, ports: readonly number[]) {
  const { id: honest } = await product.run('createInstance', 'instance', { name: 'honest' });
  const secrets = createSecretBox({ keys: [parseSecretKey(key)] });
  const copies = ports.map((port, index) => {
    const id = randomUUID();
    const endpoint = { host: '127.0.0.1', port, dnsName: null };
    return { id, name: `hostile-${index}`, sealed: secrets.encrypt('a password', id), endpoint };
  });
  await runSql(
    records,
    `INSERT INTO cms.instances (id, name, resource_name, namespace, platform, image_type, postgres_version, storage_gib,
       exposure, state, encrypted_password, endpoint)
     SELECT c.id, c.name, c.name || '-00000000', i.namespace, i.platform, i.image_type, i.postgres_version, i.storage_gib,
       i.exposure, 'RUNNING', c.sealed, c.endpoint
     FROM jsonb_to_recordset($1::jsonb) AS c(id uuid, name text, sealed text, endpoint jsonb)
     JOIN cms.instances i ON i.id = $2`,
    [JSON.stringify(copies), honest],
  );
  return honest;
}

const memoryOf = (page: string) => Number(/^process_resident_memory_bytes (\S+)$/m.exec(page)?.[1] ?? Number.NaN) / 1e6;

/** What servers that want to harm it cost the control plane: memory, and whether it is on time for others. */
export async function benchHostile(place: Place, _options: BenchOptions): Promise<SectionReport> {
  await using server = await startPlainServer(place, 'hostile-records', {});
  const records = server.urlOf('postgres');
  const key = randomBytes(32).toString('base64');
  await using standalone = await startStandalone(place, 'hostile-home', {
    DATABASE_URL: records,
    TOYGRES_ENCRYPTION_KEY: key,
  });
  const hostile = await startHostile();
  try {
    const honest = await insertRecords(records, standalone, key, hostile.ports);
    place.say(`hostile: ${SERVERS} servers for ${WATCH_MS / 1000} s`);
    const memory: number[] = [];
    const answers: number[] = [];
    for (const begun = performance.now(); performance.now() - begun < WATCH_MS; await delay(LOOK_MS)) {
      const asked = performance.now();
      memory.push(memoryOf(await standalone.readMetrics()));
      answers.push(performance.now() - asked);
    }
    const [row] = await runSql<{ unchecked: number; well: number; late: number }>(
      records,
      `SELECT (SELECT count(*)::int FROM cms.instances WHERE health = 'UNKNOWN') AS unchecked,
         (SELECT count(*)::int FROM cms.instances WHERE health = 'HEALTHY') AS well,
         (SELECT extract(epoch FROM max(gap))::float8 FROM (SELECT at - lag(at) OVER (ORDER BY at) AS gap
            FROM cms.health_checks WHERE instance_id = $1) g) AS late`,
      [honest],
    );
    return {
      section: `${SERVERS} hostile servers, each of one of a dozen kinds of malice, for ${WATCH_MS / 1000} s`,
      measurements: [
        { name: 'memory of the control plane at most', unit: 'MB', values: [Math.max(...memory)] },
        { name: 'longest answer of the control plane', unit: 'ms', values: [Math.max(...answers)] },
        {
          name: 'longest between two checks of an honest one',
          unit: 's',
          values: [row?.late ?? Number.NaN],
          notes: [
            `due every ${ROUND_MS / 1000} s; ${row?.well} of ${SERVERS + 1} are well (the honest one), ${row?.unchecked} were not checked`,
          ],
        },
      ],
    };
  } finally {
    hostile.process.kill();
  }
}
