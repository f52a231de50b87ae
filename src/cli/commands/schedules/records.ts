import { NotFoundError, type ScheduleFieldsFragment } from '../../../client/connect.ts';
import { graphql } from '../../../client/generated/index.ts';
import { by, type Session } from '../../session.ts';

export const SCHEDULE_FIELDS = graphql(`
  fragment ScheduleFields on Schedule {
    id name cron timeZone enabled method drillEvery concurrency createdAt nextRunsAt
    selector { key value }
    instance { id name }
    retention { keepLast keepHourly keepDaily keepWeekly keepMonthly keepYearly keepDays }
  }
`);
export const SCHEDULE_RUN_FIELDS = graphql(`
  fragment ScheduleRunFields on ScheduleRun {
    id dueAt startedAt finishedAt state message operations { id kind state percent instance { name } image { name } }
  }
`);

const FIND_SCHEDULE = graphql(`
  query FindSchedule($id: ID, $name: String) { schedule(id: $id, name: $name) { ...ScheduleFields } }
`);

/** The schedule of that name or id. Throws NotFoundError. */
export async function requireSchedule({ toygres }: Session, nameOrId: string): Promise<ScheduleFieldsFragment> {
  const { schedule } = await toygres.request(FIND_SCHEDULE, by(nameOrId));
  if (schedule) return schedule;
  throw new NotFoundError(`There is no schedule "${nameOrId}". See toygres schedule list.`, { code: 'NOT_FOUND' });
}
