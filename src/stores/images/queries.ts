import { and, asc, eq, inArray, ne, type SQL, sql } from 'drizzle-orm';
import { imageFiles, images } from '../../../drizzle/tables/index.ts';
import { listed } from '../../../drizzle/tables/listed.ts';
import type { ImageCriteria, ImageQueries } from '../../../resolvers/ports/queries.ts';

import { isUuid } from '../../../schema/rules/id-rules.ts';
import { IMAGE_NAME_MAX, isName } from '../../../schema/rules/name-rules.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import { ENDED_RECORD_STATES } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import { imagesWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds, inOrderOfIds, ofIds } from '../lists/keyed.ts';
import {
  buildPage,
  counting,
  following,
  holding,
  holds,
  inTwoLooks,
  isNameSearch,
  newestFirst,
  totalsOf,
  within,
} from '../lists/keyset.ts';
import { createPagesOf } from '../lists/pages-by-parent.ts';
import { createPrepareOnce } from '../prepared.ts';
import { briefImages, imageColumns, toImageRecord } from './rows.ts';

type Parent = typeof images.sourceInstanceId | typeof images.scheduleId;

const notDeleted = ne(images.state, 'DELETED');
/** As the unique index on names has it: at most one image of a name. */
const holdsName = sql`${images.state} NOT IN (${sql.raw(listed(ENDED_RECORD_STATES))})`;

function matching(criteria: ImageCriteria): SQL | undefined {
  const { state, sourceInstanceId, labels, method, scheduleId } = criteria;
  return and(
    state?.length ? inArray(images.state, [...state]) : notDeleted,
    sourceInstanceId == null ? undefined : eqId(images.sourceInstanceId, sourceInstanceId),
    scheduleId == null ? undefined : eqId(images.scheduleId, scheduleId),
    method?.length ? inArray(images.method, [...method]) : undefined,
    within(images, criteria),
    labels && Object.keys(labels).length > 0 ? sql`${images.labels} @> ${JSON.stringify(labels)}::jsonb` : undefined,
  );
}

function eqId(column: Parent, id: string): SQL {
  return isUuid(id) ? eq(column, id) : sql`false`;
}

/**
 * Reads images for the API. An empty list of states, like none, asks for all but DELETED. What is outside of the scope is
 * not there.
 */
export function createImageQueries(database: Database, scope: Scope = EVERYTHING): ImageQueries {
  const { orm } = database;
  const within = imagesWithin(scope);
  const prepared = createPrepareOnce(database);
  const pagesOf = createPagesOf(database, prepared, {
    table: images,
    columns: imageColumns,
    toRecord: toImageRecord,
    brief: briefImages,
    condition: and(notDeleted, within),
  });

  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const read = prepared('by ids', () =>
        orm
          .select(imageColumns)
          .from(images)
          .where(and(ofIds(images.id), within)),
      );
      const rows = await read({ ids: distinctIds(ids) });
      return inOrderOfIds(ids, rows.map(toImageRecord));
    },

    async byName(name) {
      if (!isName(name, IMAGE_NAME_MAX)) return null;
      const [row] = await answered(
        orm
          .select(imageColumns)
          .from(images)
          .where(and(eq(images.name, name), holdsName, within)),
      );
      return row === undefined ? null : toImageRecord(row);
    },

    async page(criteria, page) {
      const isSearch = isNameSearch(criteria);
      const condition = and(matching(criteria), within);
      const rowsOf = (where: SQL | undefined) =>
        orm
          .select(imageColumns)
          .from(images)
          .where(following(images, page, where))
          .orderBy(...newestFirst(images));
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
              () => answered(rowsOf(and(condition, holding(images.name, criteria))).limit(limit)),
            )
          : answered(rowsOf(condition).limit(limit)),
        counting(page, () =>
          answered(
            orm
              .select(totalsOf(images, page))
              .from(images)
              .where(isSearch ? and(condition, holding(images.name, criteria)) : condition),
          ),
        ),
      ]);
      return buildPage(rows.map(toImageRecord), totals, page);
    },

    pagesOfInstances: (instanceIds, page) => pagesOf(images.sourceInstanceId, instanceIds, page),

    pagesOfSchedules: (scheduleIds, page) => pagesOf(images.scheduleId, scheduleIds, page),

    async files(imageIds) {
      if (imageIds.length === 0) return [];
      const { imageId, name, sizeBytes, sha256 } = imageFiles;
      const rows = await answered(
        orm
          .select({ imageId, name, sizeBytes, sha256 })
          .from(imageFiles)
          .where(inArray(imageId, distinctIds(imageIds)))
          .orderBy(asc(name)),
      );
      return groupedByIds(
        imageIds,
        rows,
        (row) => row.imageId,
        (row) => ({ name: row.name, sizeBytes: row.sizeBytes, sha256: row.sha256 }),
      );
    },
  };
}
