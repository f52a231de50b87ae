import { and, desc, eq, getTableColumns, inArray } from 'drizzle-orm';
import { drills } from '../../../drizzle/tables/index.ts';
import type { DrillQueries } from '../../../resolvers/ports/drills.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { belongingWithin } from '../access/scope.ts';
import { answered } from '../answered.ts';
import { distinctIds, groupedByIds, inOrderOfIds } from '../lists/keyed.ts';
import { parentId, parentRelation } from '../lists/pages-by-parent.ts';
import { toDrillRecord } from './rows.ts';

/** Reads drills for the API; those of images outside of the scope are not there. */
export function createDrillQueries({ orm }: Database, scope: Scope = EVERYTHING): DrillQueries {
  const within = belongingWithin(scope, { instanceId: drills.sourceInstanceId, imageId: drills.imageId });
  return {
    async byIds(ids) {
      if (ids.length === 0) return [];
      const rows = await answered(
        orm
          .select()
          .from(drills)
          .where(and(inArray(drills.id, distinctIds(ids)), within)),
      );
      return inOrderOfIds(ids, rows.map(toDrillRecord));
    },

    async ofImages(imageIds, first, states) {
      if (imageIds.length === 0) return [];
      const child = orm
        .select(getTableColumns(drills))
        .from(drills)
        .where(
          and(
            eq(drills.imageId, parentId),
            within,
            states === undefined ? undefined : inArray(drills.state, [...states]),
          ),
        )
        .orderBy(desc(drills.startedAt), desc(drills.id))
        .limit(first)
        .as('child');
      const rows = await answered(
        orm
          .select(child._.selectedFields)
          .from(parentRelation(distinctIds(imageIds)))
          .crossJoinLateral(child)
          .orderBy(desc(child.startedAt), desc(child.id)),
      );
      return groupedByIds(imageIds, rows, (row) => row.imageId, toDrillRecord);
    },
  };
}
