import { describe, expect, it } from 'vitest';
import { changeOf, commandOf, draftOf, EMPTY_DRAFT, inputOf } from '../../../web/src/pages/schedules/schedule-draft.ts';
import { enteredOf, withEntered } from '../../../web/src/ui/entered.ts';

const rules = {
  keepLast: null,
  keepHourly: null,
  keepDaily: 7,
  keepWeekly: 4,
  keepMonthly: null,
  keepYearly: null,
  keepDays: null,
};
const schedule = {
  id: 's',
  name: 'nightly',
  cron: '0 3 * * *',
  timeZone: 'UTC',
  enabled: true,
  method: 'LOGICAL' as const,
  drillEvery: 7,
  concurrency: 2,
  createdAt: '2026-01-01T00:00:00Z',
  nextRunsAt: [],
  selector: [{ key: 'team', value: 'shop' }],
  instance: null,
  retention: rules,
};
const update = ['schedule', 'update', 'nightly'];

describe('a change of a schedule', () => {
  it('sends only what was changed, with what others have changed meanwhile', () => {
    const opened = draftOf(schedule);
    const entered = enteredOf(opened, { ...opened, rules: { ...opened.rules, keepDaily: '9' } });
    const byOthers = { ...schedule, cron: '0 5 * * *', retention: { ...rules, keepWeekly: 8 } };
    const draft = withEntered(draftOf(byOthers), entered);
    const sent = changeOf(byOthers, draft);
    expect(sent).toEqual({ retention: { keepDaily: 9, keepWeekly: 8 } });
    expect(commandOf(draft, update, sent)).toBe('toygres schedule update nightly --keep-daily 9 --keep-weekly 8');
  });

  it('sends nothing where nothing is changed, and a name, no drills and every instance as the command line has them', () => {
    expect(changeOf(schedule, draftOf(schedule))).toEqual({});
    const draft = { ...draftOf(schedule), name: 'daily', of: 'every' as const, drillEvery: '' };
    const sent = changeOf(schedule, draft);
    expect(sent).toEqual({ name: 'daily', drillEvery: null, selector: [] });
    expect(commandOf(draft, update, sent)).toBe(
      'toygres schedule update nightly --name daily --every-instance --drill-every 0',
    );
  });

  it('says of a new one which instance it is of by the name that was written', () => {
    const draft = { ...EMPTY_DRAFT, name: 'nightly', timeZone: 'UTC', of: 'one' as const, instanceName: 'shop' };
    expect(commandOf(draft, ['schedule', 'create', 'nightly'], inputOf(draft))).toBe(
      "toygres schedule create nightly --cron '0 3 * * *' --time-zone UTC --instance shop --method LOGICAL " +
        '--drill-every 7 --keep-daily 7 --keep-weekly 4 --keep-monthly 12',
    );
  });
});
