import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { instances } from '../../../drizzle/tables/index.ts';
import { listed } from '../../../drizzle/tables/listed.ts';
import { OWNER_NAME, SUPERUSER_NAME } from '../../../jobs/ports/superuser.ts';
import { notFound } from '../../../resolvers/ids.ts';
import type { InstanceCriteria, InstanceQueries } from '../../../resolvers/ports/queries.ts';
import { AppError } from '../../../schema/errors.ts';
import { INSTANCE_NAME_MAX, isName } from '../../../schema/rules/name-rules.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import { ENDED_RECORD_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { ownerContext } from '../../secrets/owner-context.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { instancesWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, inOrderOfIds, ofIds } from '../lists/keyed.ts';
import {
  buildPage,
  counting,
  following,
  holding,
  holds,
  inTwoLooks,
  isNameSearch,
  kindOfPage,
  LIMIT_PLACE,
  newestFirst,
  placesOfPage,
  totalsOf,
  valuesOfPage,
  within,
} from '../lists/keyset.ts';
import { createPrepareOnce } from '../prepared.ts';
import { isReadiness } from '../readiness/readiness.ts';
import { instanceColumns, toInstanceRecord } from './rows.ts';

/** Every server has it. */
const SUPERUSER_DATABASE = 'postgres';

/** As the unique index on names has it: at most one instance of a name. */
const holdsName = sql`${instances.state} NOT IN (${sql.raw(listed(ENDED_RECORD_STATES))})`;

function matching(criteria: InstanceCriteria): SQL | undefined {
  const { state, labels, readiness } = criteria;
  return and(
    state?.length ? inArray(instances.state, [...state]) : ne(instances.state, 'DELETED'),
    within(instances, criteria),
    readiness?.length ? isReadiness(sql`${instances.id}`, readiness) : undefined,
    labels && Object.keys(labels).length > 0 ? sql`${instances.labels} @> ${JSON.stringify(labels)}::jsonb` : undefined,
  );
}

/**
 * Reads instances for the API. An empty list of states, like none, asks for all but DELETED. What is outside of the scope
 * is not there.
 */
export function createInstanceQueries(
  database: Database,
  secrets: SecretBox,
  scope: Scope = EVERYTHING,
): InstanceQueries {
  const { orm } = database;
  const within = instancesWithin(scope);
  const prepared = createPrepareOnce(database);

  /** What is kept of the logins; NOT_FOUND for an unknown or deleted instance. */
  async function readLogins(id: string) {
    const { encryptedPassword, encryptedOwnerPassword, endpoint } = instances;
    const [row] = await answered(
      orm
        .select({ encryptedPassword, encryptedOwnerPassword, endpoint })
        .from(instances)
        .where(and(eq(instances.id, id), within)),
    );
    if (row === undefined) throw notFound('instance', 'instanceId');
    const superuser = row.encryptedPassword;
    if (superuser === null) {
      throw new AppError('NOT_FOUND', 'This instance is deleted, and its password is forgotten.');
    }
    return { superuser, owner: row.encryptedOwnerPassword, endpoint: row.endpoint };
  }

  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const read = prepared('by ids', () =>
        orm
          .select(instanceColumns)
          .from(instances)
          .where(and(ofIds(instances.id), within)),
      );
      const rows = await read({ ids: distinctIds(ids) });
      return inOrderOfIds(ids, rows.map(toInstanceRecord));
    },

    async byName(name) {
      if (!isName(name, INSTANCE_NAME_MAX)) return null;
      const [row] = await answered(
        orm
          .select(instanceColumns)
          .from(instances)
          .where(and(eq(instances.name, name), holdsName, within)),
      );
      return row === undefined ? null : toInstanceRecord(row);
    },

    async page(criteria, page) {
      const isSearch = isNameSearch(criteria);
      const condition = and(matching(criteria), within);
      const rowsOf = (where: SQL | undefined, at: Parameters<typeof following>[1] = page) =>
        orm
          .select(instanceColumns)
          .from(instances)
          .where(following(instances, at, where))
          .orderBy(...newestFirst(instances));
      const isOfAll = Object.values(criteria).every((value) => value == null);
      const readAll = () => prepared(kindOfPage(page), () => rowsOf(condition, placesOfPage(page)).limit(LIMIT_PLACE));
      const limit = page.first + 1;
      const [rows, [totals]] = await Promise.all([
        isSearch
          ? inTwoLooks(
              limit,
              (looked) => {
                const newest = rowsOf(condition).limit(looked).as('newest');
                return answered(
                  orm
                    .select()
                    .from(newest)
                    .where(holds(newest.name, criteria))
                    .orderBy(...newestFirst(newest))
                    .limit(limit),
                );
              },
              () => answered(rowsOf(and(condition, holding(instances.name, criteria))).limit(limit)),
            )
          : isOfAll
            ? readAll()(valuesOfPage(page))
            : answered(rowsOf(condition).limit(limit)),
        counting(page, () =>
          answered(
            orm
              .select(totalsOf(instances, page))
              .from(instances)
              .where(isSearch ? and(condition, holding(instances.name, criteria)) : condition),
          ),
        ),
      ]);
      return buildPage(rows.map(toInstanceRecord), totals, page);
    },

    async credentials(id) {
      const { superuser, endpoint } = await readLogins(id);
      const password = secrets.decrypt(superuser, id.toLowerCase());
      return { username: SUPERUSER_NAME, password, database: SUPERUSER_DATABASE, endpoint };
    },

    async ownerCredentials(id) {
      const { owner, endpoint } = await readLogins(id);
      if (owner === null) return null;
      const password = secrets.decrypt(owner, ownerContext(id.toLowerCase()));
      return { username: OWNER_NAME, password, database: OWNER_NAME, endpoint };
    },
  };
}
