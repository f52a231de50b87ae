import { splitBrokenLink } from '../../../jobs/preflight/broken-links.ts';
import type { Database } from '../../db/database.ts';
import { type LastPreflight, readLastPreflights } from '../../stores/upkeep/preflights.ts';
import type { CommandPlatform } from '../commands/ports.ts';
import { BrokenLinkError, UnknownLink } from './broken-link.ts';

function describe({ namespace, postgresVersion, finishedAt, failure }: LastPreflight): string {
  const what = `of ${finishedAt.toISOString()} in ${namespace}, with the tools of PostgreSQL ${postgresVersion}`;
  if (failure === null) return `The last one, ${what}, found nothing broken.`;
  return `The last one, ${what}, failed. ${splitBrokenLink(failure.message).detail}`;
}

/**
 * How the last preflight of each namespace ended, in words. Throws when one of them failed, with the remedy that it named.
 * None at all is no failure: nothing is known to be broken.
 */
export async function lookAtLastPreflights(
  database: Database,
  platform: CommandPlatform,
): Promise<string | UnknownLink> {
  const last = await readLastPreflights(database, platform.id);
  if (last.length === 0) return new UnknownLink('None has been run yet: a preflight tries all that jobs depend on.');
  const failures = last.flatMap(({ failure }) => (failure === null ? [] : [splitBrokenLink(failure.message).remedy]));
  const said = last.map(describe).join(' ');
  if (failures.length === 0) return said;
  throw new BrokenLinkError(said, failures[0] ?? 'Look at the log of its job, then run a preflight again.');
}
