import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { openSession } from '../../../../src/guarded-postgres/session.ts';
import { checkDatabase } from '../../../../src/runner/catalogue/check-database.ts';
import { createLoadBed, type LoadBed } from '../../../support/load-bed.ts';

const DIRECTORY = path.join(import.meta.dirname, '../../../fixtures/situations');

/** One database as people have it: how it is made, what must be the same afterwards, and what must be said of it. */
interface Situation {
  readonly name: string;
  readonly sql: string;
  readonly checks: readonly string[];
  readonly finds: readonly string[];
  /** Where pg_dump itself cannot read it: its words. */
  readonly refusal: string | null;
}

function readSituations(file: string): Situation[] {
  const [, ...texts] = readFileSync(path.join(DIRECTORY, file), 'utf8').split(/^-- situation: /m);
  const said = (text: string, word: string) =>
    [...text.matchAll(new RegExp(`^-- ${word}: (.*)$`, 'gm'))].map(([, one = '']) => one);
  return texts.map((text) => ({
    name: text.split('\n')[0] ?? '',
    sql: text.split('\n').slice(1).join('\n'),
    checks: said(text, 'check'),
    finds: said(text, 'finds'),
    refusal: said(text, 'dump fails')[0] ?? null,
  }));
}

let bed: LoadBed;
beforeAll(async () => {
  bed = await createLoadBed();
});
afterAll(() => bed?.stop());

/** As its users ask: with what the database is set to, but for what would stop them. */
async function ask(server: LoadBed['source'], database: string, sql: string): Promise<unknown> {
  const options = '-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off';
  const client = new pg.Client({ ...server, database, options });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function saidOf(database: string): Promise<Finding[]> {
  const session = await openSession(bed.source, { database, major: 15 });
  try {
    const found: Finding[] = [];
    await checkDatabase(session, database, (finding) => found.push(finding));
    return found;
  } finally {
    await session.close();
  }
}

let count = 0;
for (const file of readdirSync(DIRECTORY).sort()) {
  describe(path.parse(file).name, () => {
    for (const { name, sql, checks, finds, refusal } of readSituations(file)) {
      test(name, async () => {
        count += 1;
        const database = `situation_${count}`;
        await bed.source.query('postgres', `CREATE DATABASE ${database} TEMPLATE template0`);
        await ask(bed.source, database, sql.replaceAll('DATABASE current', `DATABASE ${database}`));
        if (refusal !== null) {
          await expect(bed.dump(database)).rejects.toThrow(refusal);
          return;
        }
        const found = [...(await saidOf(database)), ...(await bed.dumpAndLoad(database))];
        expect(found.map(({ code, severity, object }) => `${code} ${severity} ${object}`).sort()).toEqual(
          [...finds].sort(),
        );
        expect(checks.length).toBeGreaterThan(0);
        for (const check of checks) {
          expect(await ask(bed.copy, database, check)).toEqual(await ask(bed.source, database, check));
        }
      });
    }
  });
}
