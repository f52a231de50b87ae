import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectToEndAsJobsEnd, type HostileSource, startHostileSource } from '../../support/hostile-source.ts';
import type { ScriptName } from '../../support/job-script.ts';
import { asItCame, changeColumns, type Meddling, type ServerMessage } from '../../support/meddling-proxy.ts';

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

let source: HostileSource;
beforeAll(async () => {
  source = await startHostileSource();
});
afterAll(async () => {
  await source?.stop();
  await rm(MARK, { force: true });
});

describe.each<ScriptName>(['backup.sh'])('a source that answers %s with', (script) => {
  test.each(Object.keys(MEDDLINGS))(
    '%s, from the first row or later, runs nothing, learns nothing and fills no memory',
    async (name) => {
      for (const from of [0, 8]) {
        source.proxy.set({ from, meddle: MEDDLINGS[name] ?? asItCame });
        const { end, megabytes } = await source.take(script);
        expect(existsSync(MARK)).toBe(false);
        expect(megabytes).toBeLessThan(MOST_MEGABYTES);
        expectToEndAsJobsEnd(end);
      }
    },
  );
});
