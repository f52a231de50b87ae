import { quietly } from '../../background-work/quietly.ts';
import type { DatabaseFacts } from '../../facts/database-facts.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import type { Toc } from '../toc/toc-entry.ts';
import { runFactStatements, settleExtensions } from './apply-facts.ts';
import { compareFilledViews, compareMeanings, compareMembers } from './compare-facts.ts';

const majorOf = (version: string) => Number.parseInt(version, 10);

/** When all is loaded: makes the rest of what no dump carries, then compares what there is with what the source had. */
export async function settleFacts(session: LoadSession, told: Told, facts: DatabaseFacts, toc: Toc): Promise<void> {
  await quietly(session.session, async () => {
    await runFactStatements(session, told, facts, 'LAST', toc.encoding);
    await settleExtensions(session, told, facts, toc.encoding);
  });
  const isSameMajor = majorOf(toc.serverVersion) === majorOf(session.session.serverVersion ?? '');
  await compareMembers(session, told, facts, toc.encoding, isSameMajor);
  await compareMeanings(session, told, facts, toc.encoding);
  await compareFilledViews(session, told, facts, toc.encoding);
}
