import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptEnd, ScriptName } from '../../support/job-script.ts';
import {
  asItCame,
  changeColumns,
  type Meddling,
  type MeddlingProxy,
  type ServerMessage,
  startMeddlingProxy,
} from '../../support/meddling-proxy.ts';
import { readProcessTree } from '../../support/process-tree.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

const MOST_MEGABYTES = 512;
const MARK = `/tmp/toygres-run-${randomUUID()}`;
const COMMANDS = `'; touch ${MARK}; "\`touch ${MARK}\`$(touch ${MARK})\n\\! touch ${MARK}\n'); COPY (SELECT 1) TO PROGRAM 'touch ${MARK}' -- ../../../${MARK}`;

/** What a server says instead of its rows. */
const MEDDLINGS: Readonly<Record<string, (one: ServerMessage) => Meddling>> = {
  'commands in every text': (one) =>
    changeColumns(one, (value) => (value === null || /^\d+$/.test(value) ? value : COMMANDS)),
  'commands in every column': (one) => changeColumns(one, () => COMMANDS),
  'nothing in every column': (one) => changeColumns(one, () => null),
  'numbers beyond all measure': (one) => changeColumns(one, (value) => (value === null ? null : '9'.repeat(400))),
};

let harness: ScriptHarness;
let source: SourceServer;
let proxy: MeddlingProxy;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', 'CREATE ROLE somebody');
  await source.query('postgres', 'CREATE DATABASE shop OWNER somebody');
  await source.query('shop', 'CREATE TABLE things AS SELECT n, md5(n::text) FROM generate_series(1, 100) n');
  proxy = await startMeddlingProxy(source, 'toygres');
}, 120_000);
afterAll(async () => {
  await proxy?.stop();
  await harness?.stop();
  await rm(MARK, { force: true });
});

/** How it ended, and the most memory that one of its processes of ours had. */
async function take(script: ScriptName): Promise<{ readonly end: ScriptEnd; readonly megabytes: number }> {
  const changes = { parameters: { PGPORT: String(proxy.port) } };
  const running = await harness.runner.start(script, harness.backupRun(source, randomUUID(), changes));
  let megabytes = 0;
  const look = async () => {
    for (const { pid, command } of await readProcessTree(running.pid)) {
      if (!/node/.test(command)) continue;
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      megabytes = Math.max(megabytes, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
    }
  };
  const looking = setInterval(() => void look().catch(() => undefined), 200);
  try {
    return { end: await running.ended, megabytes };
  } finally {
    clearInterval(looking);
  }
}

describe.each<ScriptName>(['backup.sh'])('a source that answers %s with', (script) => {
  test.each(Object.keys(MEDDLINGS))(
    '%s, from the first row or later, runs nothing, learns nothing and fills no memory',
    async (name) => {
      for (const from of [0, 8]) {
        proxy.set(from, MEDDLINGS[name] ?? asItCame);
        const { end, megabytes } = await take(script);
        expect(existsSync(MARK)).toBe(false);
        expect(end.lines.filter((line) => line.includes(source.password))).toEqual([]);
        expect(megabytes).toBeLessThan(MOST_MEGABYTES);
        // It ends as jobs end: with a result, or with why there is none.
        expect([end.exitCode === 0, end.results.length, end.errors.length > 0]).toEqual(
          end.exitCode === 0 ? [true, 1, false] : [false, 0, true],
        );
      }
    },
  );
});
