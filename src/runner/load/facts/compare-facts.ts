import { readLooks } from '../../facts/changed-members.ts';
import type { DatabaseFacts } from '../../facts/database-facts.ts';
import { readFilledViews } from '../../facts/filled-views.ts';
import { readMeanings } from '../../facts/meanings.ts';
import { readExtensions, readMembers } from '../../facts/read-facts.ts';
import { quoteName } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import { inTheirEncoding } from './in-their-encoding.ts';

/** Tells what users changed of the members of extensions and is not so here. `isSameMajor`: whether source and copy are of one version. */
export async function compareMembers(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
  isSameMajor: boolean,
): Promise<void> {
  if (facts.members.length === 0 && facts.looks.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    const here = await readMembers(session.session);
    const sumOf = new Map(here.map(({ object, md5 }) => [object, md5]));
    // Another version writes the same view in other words.
    const other = isSameMajor ? [] : here.filter(({ kind }) => kind === 'VIEW').map(({ object }) => object);
    const incomparable = new Set(other);
    const versions = new Map(facts.extensions.map(({ name, version }) => [name, version]));
    const same = new Set(
      (await readExtensions(session.session)).flatMap(({ name, version }) =>
        versions.get(name) === version ? [name] : [],
      ),
    );
    for (const { object, extension, md5 } of facts.members) {
      // Of another version it is another one rightly, which is told of the extension.
      if (!same.has(extension) || incomparable.has(object) || sumOf.get(object) === md5) continue;
      told.tell({
        code: 'EXTENSION_OBJECT_CHANGED',
        severity: 'WARNING',
        object,
        says: `of extension ${extension} was changed on the source, and is as the extension makes it here`,
        cause: null,
        remedy: null,
      });
    }
    if (!isSameMajor) return;
    const known = new Set(facts.members.map(({ object }) => object));
    const areOfAllKinds = facts.members.every(({ kind }) => kind !== undefined);
    for (const { object, extension, kind } of areOfAllKinds ? here : []) {
      if (kind === 'ROWS' || known.has(object) || !same.has(extension) || extension === 'pg_durable') continue;
      const member = `${kind === 'VIEW' ? 'VIEW' : 'ROUTINE'} ${object}`;
      told.tell({
        code: 'EXTENSION_OBJECT_CHANGED',
        severity: 'WARNING',
        object,
        says: `of extension ${extension} is there as the extension makes it, and on the source it was dropped, renamed or moved`,
        cause: null,
        remedy: `ALTER EXTENSION ${quoteName(extension)} DROP ${member}; DROP ${member};`,
      });
    }
    await compareLooks(session, told, facts, same);
  });
}

/** Tells what users changed of members by ALTER. `same`: the extensions that are of one version here and there. */
async function compareLooks(
  session: LoadSession,
  told: Told,
  { looks, members }: DatabaseFacts,
  same: ReadonlySet<string>,
): Promise<void> {
  if (looks.length === 0) return;
  const here = new Map((await readLooks(session.session, true)).map(({ object, md5 }) => [object, md5]));
  const known = new Set(members.map(({ object }) => object));
  for (const { object, extension, md5 } of looks) {
    const found = here.get(object);
    if (!same.has(extension) || found === md5 || (found === undefined && known.has(object))) continue;
    told.tell({
      code: 'EXTENSION_OBJECT_CHANGED',
      severity: 'WARNING',
      object,
      says:
        found === undefined
          ? `of extension ${extension} is not there: the extension does not make it`
          : `of extension ${extension} was altered on the source, and is as the extension makes it here`,
      cause: null,
      remedy: null,
    });
  }
}

/** Tells definitions that use other functions and operators here than on the source. */
export async function compareMeanings(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
): Promise<void> {
  if (facts.meanings.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    const here = await readMeanings(session.session, new Set(facts.meanings.map(({ object }) => object)));
    const usesOf = new Map(here.map(({ object, uses }) => [object, uses]));
    for (const { object, uses } of facts.meanings) {
      const found = usesOf.get(object);
      if (found === undefined || found.join('\n') === uses.join('\n')) continue;
      const at = uses.findIndex((one, index) => one !== found[index]);
      told.tell({
        code: 'MEANING_MAY_CHANGE',
        severity: 'WARNING',
        object,
        says: `uses ${found[at] ?? 'nothing'} here where it used ${uses[at] ?? 'nothing'} on the source`,
        cause: null,
        remedy: null,
      });
    }
  });
}

/** Tells materialized views that were filled here with other rows than they had on the source, where somebody filled them before. */
export async function compareFilledViews(
  session: LoadSession,
  told: Told,
  facts: DatabaseFacts,
  encoding: string,
): Promise<void> {
  if (facts.filled.length === 0) return;
  await inTheirEncoding(session, facts, encoding, async () => {
    await session.session.run('BEGIN');
    const here = await readFilledViews(session.session, new Set(facts.filled.map(({ object }) => object)));
    await session.session.run('COMMIT');
    const viewOf = new Map(here.map((view) => [view.object, view]));
    for (const { object, rows, sum } of facts.filled) {
      const found = viewOf.get(object);
      if (found === undefined || (found.rows === rows && found.sum === sum)) continue;
      told.tell({
        code: 'MATERIALIZED_VIEW_REFRESHED',
        severity: 'INFO',
        object,
        says:
          `has ${found.rows} rows here and had ${rows} on the source${found.rows === rows ? ', which were others' : ''}: a restore ` +
          'fills it from the data that the image has, and on the source it was filled before, or with what changes from time to time',
        cause: null,
        remedy: null,
      });
    }
  });
}
