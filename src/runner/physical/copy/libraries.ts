import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../../guarded-postgres/sql.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { writeSetting } from './neutral-settings.ts';

/** A server does not start, or lets nobody in, without the libraries that these name. */
const SETTINGS = ['shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries'];
const NO_SUCH_FILE = '58P01';
const ELEMENT = /\s*("(?:[^"]|"")*"|[^,"]+)\s*(?:,|$)/gy;

/** Whether a setting names libraries, which have a way of their own into a copy. */
export function namesLibraries(setting: string): boolean {
  return SETTINGS.includes(setting.toLowerCase());
}

/** The elements of a list setting as they are written in it, quotes included. */
export function splitList(value: string): readonly string[] {
  return [...value.matchAll(ELEMENT)].flatMap(([, element = '']) => (element.trim() === '' ? [] : [element.trim()]));
}

/** What the files of the cluster say of these settings; to be asked while no server runs on it. */
export async function readLibraries(
  { programs }: Attempt,
  dataDirectory: string,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    SETTINGS.map(async (name) => {
      const end = await programs.run('postgres', { arguments: ['-D', dataDirectory, '-C', name] });
      const value = end.output.trim();
      return end.exitCode === 0 && value !== '' ? [[name, value] as const] : [];
    }),
  );
  return new Map(found.flat());
}

/** Leaves libraries out that are not installed here, each with a notice. */
export async function leaveOutAbsent(
  { report }: Pick<Attempt, 'report'>,
  session: Session,
  dataDirectory: string,
  libraries: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, value] of libraries) {
    const elements = splitList(value);
    const kept: string[] = [];
    for (const element of elements) {
      if (await isInstalled(session, element)) kept.push(element);
      else report.notice(`library ${element} of ${name} is not installed here and was left out`);
    }
    if (kept.length < elements.length) await writeSetting(dataDirectory, name, kept.join(', '));
  }
}

/** Whatever else is wrong with it, its file is there. */
async function isInstalled(session: Session, element: string): Promise<boolean> {
  const library = element.startsWith('"') ? element.slice(1, -1).replaceAll('""', '"') : element;
  try {
    await session.run(sql`LOAD ${quoteLiteral(library)}`);
    return true;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return error.code !== NO_SUCH_FILE;
  }
}
