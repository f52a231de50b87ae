import { isUtf8 } from 'node:buffer';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import { DATABASES, type DatabaseRow, TABLESPACES } from '../catalogue/databases.ts';
import { inUtf8 } from '../catalogue/in-utf8.ts';
import { SERVER_DETAILS, SERVER_FACTS, SETTINGS, ServerFacts } from '../catalogue/server-facts.ts';
import type { SourceDatabase } from '../dump/source.ts';
import type { OutgoingFiles } from './outgoing-files.ts';

/** The server as a whole. */
export interface SourceServer {
  readonly databases: readonly SourceDatabase[];
  readonly databaseBytes: number;
  readonly facts: ServerFacts;
  /** As they stand in the image's server.json. */
  readonly details: unknown;
}

const NUL = '\0';
/** What a name is shown without. */
const CONTROL = /\p{Cc}/gu;

/** Databases, settings and facts of the server; writes databases.nul and settings.nul. Throws JobFailure. */
export async function readServer(
  { report }: Attempt,
  session: Session,
  directory: string,
  files: OutgoingFiles,
): Promise<SourceServer> {
  const databases = chooseDatabases(await session.ask(DATABASES), (text) => report.notice(text));
  const named = new Set(databases.map(({ name }) => name.text));
  for (const name of ['postgres', 'template1']) {
    if (!named.has(name)) report.notice(`the server has no database ${name}; a restored one has`);
  }
  for (const [name] of await session.ask(TABLESPACES)) {
    report.notice(`tablespace ${name.text}: what lies in it comes back in the default tablespace`);
  }
  await mkdir(path.join(directory, 'databases'), { recursive: true });
  const write = async (name: string, content: Buffer) => {
    await writeFile(path.join(directory, name), content);
    files.give(path.join(directory, name), name);
  };
  const settings = (await session.ask(SETTINGS)).flatMap(([kind, name, value]) => [Buffer.from(kind), name, value]);
  await write('settings.nul', endedByNul(settings));
  await write(
    'databases.nul',
    endedByNul(
      databases.flatMap(({ oid, encoding, sizeBytes, name }) => [
        ...[String(oid), encoding, String(sizeBytes)].map((field) => Buffer.from(field)),
        name.bytes,
      ]),
    ),
  );
  const [facts, details] = await inUtf8(session, async () => [
    ServerFacts.safeParse(await askJson(session, SERVER_FACTS)),
    z.record(z.string(), z.unknown()).safeParse(await askJson(session, SERVER_DETAILS)),
  ]);
  if (!facts.success || !details.success) throw new JobFailure('the server answered with facts that cannot be');
  const databaseBytes = databases.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { databases, databaseBytes, facts: facts.data, details: details.data };
}

function endedByNul(fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => [field, Buffer.from(NUL)]));
}

function chooseDatabases(rows: readonly DatabaseRow[], notice: (text: string) => void): readonly SourceDatabase[] {
  const chosen: SourceDatabase[] = [];
  const hidden: string[] = [];
  for (const { oid, encoding, sizeBytes, takesConnections, isHalfDropped, name } of rows) {
    const shown = name.text.replace(CONTROL, ' ');
    if (isHalfDropped) {
      notice(
        `database ${shown} is not in the image: it was left half dropped and nobody can connect to it; drop it for good with DROP DATABASE`,
      );
    } else if (!takesConnections) {
      hidden.push(shown);
    } else if (!name.isUtf8) {
      throw finalFailure(`the name of database ${shown} is not valid UTF-8; rename it, then take the image again`);
    } else {
      chosen.push({ oid, encoding, sizeBytes, name });
    }
  }
  if (hidden.length > 0) {
    throw finalFailure(
      `databases that take no connections cannot be dumped: ${hidden.join(', ')}. Allow it with ALTER DATABASE ... ALLOW_CONNECTIONS true, or drop them`,
    );
  }
  return chosen;
}

async function askJson(session: Session, question: Question<readonly [Buffer]>): Promise<unknown> {
  const [answer] = await session.ask(question);
  const bytes = answer?.[0] ?? Buffer.alloc(0);
  if (!isUtf8(bytes)) throw finalFailure('a name in the catalogue is not valid UTF-8');
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new JobFailure('the server answered with facts that cannot be', { cause });
  }
}
