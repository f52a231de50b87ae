import * as z from 'zod';
import type { DurableState, ManifestExtension } from '../../../../jobs/ports/source-facts.ts';
import { nameIn } from '../../../guarded-postgres/decoder.ts';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import { type Login, openSession, type Question, type Session } from '../../../guarded-postgres/session.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { encoding } from '../../catalogue/columns.ts';
import { EXTENSIONS, readDurable } from '../../catalogue/extension-state.ts';
import { inUtf8 } from '../../catalogue/in-utf8.ts';
import { SERVER_FACTS, ServerFacts } from '../../catalogue/server-facts.ts';
import { USED_COLLATIONS, type UsedCollation } from '../copy/collations.ts';
import { UNAPPLIED_SETTINGS, type UnappliedSetting } from '../copy/unapplied-settings.ts';

/** What an image says of its source besides the files. */
export interface PhysicalSource {
  readonly facts: ServerFacts;
  readonly systemIdentifier: string;
  readonly extensions: readonly ManifestExtension[];
  readonly durable: DurableState | null;
  readonly collations: Readonly<Record<string, readonly UsedCollation[]>>;
  readonly unapplied: readonly UnappliedSetting[];
}

const digits = z.string().regex(/^\d{1,20}$/);

const UNLOGGED: Question<readonly [string, RawName, RawName]> = {
  sql: `
    SELECT getdatabaseencoding(), encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relpersistence = 'u' AND c.relkind IN ('r', 'm', 'S') ORDER BY 2, 3`,
  row: z.tuple([encoding, hexName, hexName]),
};

/** Looks through every database of the source, and tells what will not come back as it is. Throws a JobFailure. */
export async function readSource(
  attempt: Attempt,
  login: Login,
  session: Session,
  major: number,
): Promise<PhysicalSource> {
  const facts = await readFacts(session);
  const [system] = await session.ask({
    sql: 'SELECT system_identifier::text FROM pg_control_system()',
    row: z.tuple([digits]),
  });
  if (system === undefined) throw new JobFailure('the server does not tell its system identifier');
  const extensions: ManifestExtension[] = [];
  const collations: Record<string, readonly UsedCollation[]> = {};
  let durable: DurableState | null = null;
  for (const { name } of facts.databases) {
    const inside = await openSession(login, { database: name, major });
    try {
      await inUtf8(inside, async () => {
        for (const list of await inside.ask(EXTENSIONS)) extensions.push(...list);
        durable ??= (await readDurable(inside))?.state ?? null;
        collations[name] = await inside.ask(USED_COLLATIONS);
      });
      await tellUnlogged(attempt, inside, name);
    } finally {
      await inside.close();
    }
  }
  const unapplied = await session.ask(UNAPPLIED_SETTINGS);
  return { facts, systemIdentifier: system[0], extensions, durable, collations, unapplied };
}

async function readFacts(session: Session): Promise<ServerFacts> {
  const [answer] = await inUtf8(session, () => session.ask(SERVER_FACTS));
  try {
    return ServerFacts.parse(JSON.parse(answer?.[0].toString() ?? ''));
  } catch (cause) {
    throw new JobFailure('the server answered with facts that cannot be', { cause });
  }
}

async function tellUnlogged({ report }: Attempt, session: Session, database: string): Promise<void> {
  for (const [encoding, schema, name] of await session.ask(UNLOGGED)) {
    const object = writeNames(nameIn(encoding, schema), nameIn(encoding, name));
    report.notice(`database ${database}: ${object} is unlogged and will be empty in a copy`);
    report.finding({
      code: 'UNLOGGED_TABLE_EMPTY',
      severity: 'WARNING',
      database,
      object,
      message: 'it is unlogged: PostgreSQL keeps no log of its rows, and it is empty in the copy',
      remedy: 'ALTER TABLE ... SET LOGGED where its rows are to come back, or take a LOGICAL image.',
    });
  }
}
