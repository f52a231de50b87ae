import { describe, expect, it } from 'vitest';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices, sampleSchedule } from '../../support/api-fakes.ts';

const schedule = sampleSchedule();
const ID = schedule.id;
const RETENTION = 'retention: { keepDaily: 7 }';

/** Services of which every command on schedules records what it is given. */
function createRecordingServices() {
  const given: unknown[] = [];
  const record = (command: string) => async (_: unknown, input: unknown) => {
    given.push({ command, input: JSON.parse(JSON.stringify(input)) });
    return { scheduleId: ID, runId: ID };
  };
  const services = fakeServices({
    scheduleCommands: {
      create: record('create'),
      update: record('update'),
      delete: record('delete'),
      run: record('run'),
    },
    scheduleQueries: {
      byIds: async (ids) => ids.map(() => schedule),
      runsByIds: async () => [
        {
          id: ID,
          scheduleId: ID,
          dueAt: schedule.createdAt,
          startedAt: null,
          finishedAt: null,
          state: 'RUNNING',
          message: null,
          createdAt: schedule.createdAt,
        },
      ],
    },
  });
  return { services, given };
}

const MUTATIONS = [
  `createSchedule(input: { name: "a", cron: "0 3 * * *", selector: [], ${RETENTION} }) { schedule { id } }`,
  `updateSchedule(input: { scheduleId: "${ID}", drillEvery: null }) { schedule { id } }`,
  `deleteSchedule(input: { scheduleId: "${ID}" }) { id }`,
  `runSchedule(input: { scheduleId: "${ID}" }) { schedule { id } run { id state } }`,
];

describe('a mutation of schedules', () => {
  it.each(MUTATIONS)('%s is for operators', async (call) => {
    const { services, given } = createRecordingServices();
    expect(codes(await run(services, `mutation { ${call} }`, { role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
    expect(given).toEqual([]);
    expect((await run(services, `mutation { ${call} }`, { role: 'OPERATOR' })).errors).toEqual([]);
    expect(given).toHaveLength(1);
  });

  it.each(MUTATIONS.slice(1))('%s knows nothing of an id that is none', async (call) => {
    const { services, given } = createRecordingServices();
    expect(codes(await run(services, `mutation { ${call.replace(ID, 'x')} }`))).toEqual(['NOT_FOUND']);
    expect(given).toEqual([]);
  });

  it('hands on what is cleared, and leaves out what is left alone', async () => {
    const { services, given } = createRecordingServices();
    await run(services, `mutation { ${MUTATIONS[1]} }`);
    expect(given).toEqual([{ command: 'update', input: { scheduleId: ID, drillEvery: null } }]);
  });

  it.each([
    ['name', 'name: "A", cron: "0 3 * * *", selector: []'],
    ['cron', 'name: "a", cron: "0 3 * *", selector: []'],
    ['cron', 'name: "a", cron: "0 0 30 2 *", selector: []'],
    ['timeZone', 'name: "a", cron: "0 3 * * *", timeZone: "Mars/Phobos", selector: []'],
    ['selector', 'name: "a", cron: "0 3 * * *"'],
    ['selector', `name: "a", cron: "0 3 * * *", selector: [], instanceId: "${ID}"`],
    ['concurrency', 'name: "a", cron: "0 3 * * *", selector: [], concurrency: 0'],
    ['drillEvery', 'name: "a", cron: "0 3 * * *", selector: [], drillEvery: 0'],
  ])('refuses what breaks a rule of %s', async (field, input) => {
    const { services, given } = createRecordingServices();
    const { errors } = await run(
      services,
      `mutation { createSchedule(input: { ${input}, ${RETENTION} }) { schedule { id } } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field });
    expect(given).toEqual([]);
  });
});

describe('a schedule', () => {
  it('shows when it is due next, and nothing while it is disabled', async () => {
    const ask = (enabled: boolean, timeZone = 'UTC') =>
      run(
        fakeServices({
          scheduleQueries: { byName: async () => sampleSchedule({ enabled, timeZone, cron: '*/5 * * * *' }) },
        }),
        '{ schedule(name: "nightly") { selector { key value } retention { keepDaily keepLast } nextRunsAt(first: 3) } }',
      );
    const { data, errors } = await ask(true);
    expect(errors).toEqual([]);
    expect(data.schedule).toMatchObject({
      selector: [{ key: 'team', value: 'shop' }],
      retention: { keepDaily: 7, keepLast: null },
    });
    const [first, second, third] = data.schedule.nextRunsAt.map((moment: string) => new Date(moment).getTime());
    expect([second - first, third - second, first % 300_000]).toEqual([300_000, 300_000, 0]);
    expect((await ask(false)).data.schedule.nextRunsAt).toEqual([]);
    // Another release may have taken it.
    expect((await ask(true, 'Mars/Olympus_Mons')).data.schedule.nextRunsAt).toEqual([]);
  });
});
