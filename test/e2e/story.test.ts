import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareServers } from '../support/compare-servers.ts';
import { createE2eClient, type E2eClient, type E2eEvent } from '../support/e2e-client.ts';
import { listBlobs, openImages, query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, listTree, makeE2eHome } from '../support/e2e-server.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import type { ServerLogin } from '../support/server-facts.ts';
import { makeTablespace } from '../support/tablespace.ts';

/** Whatever pastes it into SQL, a shell, a URL, JSON or a file of key=value lines breaks on it. */
const PASSWORD = String.raw`pa'ss "w\ord" $(id) %41&=#? ☃`;

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: { id: string; login: ServerLogin };
let image: { id: string; operationId: string };

beforeAll(async () => {
  home = await makeE2eHome('story');
  server = await home.start();
  api = createE2eClient(server);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** What must be so of the events of any operation that succeeded. */
function expectWholeStory(events: readonly E2eEvent[]): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  const percents = events.map(({ percent }) => percent);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(events.at(-1)).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
  const reached = new Map<string, number>();
  for (const { step } of events) {
    const progress = step?.progress ?? null;
    if (step === null || progress === null) continue;
    // Words for people, not the names that scripts give their phases.
    if (progress.message !== null)
      expect(progress.message).not.toMatch(/^(dump|hash|upload|download|check|restore|analyze)$|^[A-Z]+: /);
    if (step.state === 'SUCCEEDED') expect(progress.bytesDone).toBe(progress.bytesTotal);
    expect(progress.percent ?? 0).toBeGreaterThanOrEqual(reached.get(step.name) ?? 0);
    reached.set(step.name, progress.percent ?? 0);
  }
  expect([...reached.values()]).toEqual([...reached].map(() => 100));
}

test('a new server takes the password it was given, whatever stands in it', async () => {
  const created = await api.createInstance({ name: 'source', password: PASSWORD });
  expectWholeStory(await collect(api.events(created.operationId)));
  const login = await api.login(created.id);
  expect(login).toMatchObject({ user: 'postgres', password: PASSWORD });
  expect(await query(login, 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect(query({ ...login, password: 'something else' }, 'postgres', 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
  source = { id: created.id, login };
});

test('an image of a server with the worst names tells its whole story and keeps its log', async () => {
  const tablespace = await makeTablespace(home, 'source');
  await fillNastyServer({ query: (database, sql) => query(source.login, database, sql) }, tablespace);

  image = await api.createImage({ name: 'monday', instanceId: source.id, labels: [{ key: 'day', value: 'monday' }] });
  const events = await collect(api.events(image.operationId));
  expectWholeStory(events);
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
  const [job] = (await api.operation(image.operationId)).jobs;
  expect(job?.state).toBe('SUCCEEDED');
  const lines = await collect(
    api.subscribe<{ line: number; attempt: number; text: string }>(
      'subscription ($id: ID!) { jobLogs(jobId: $id) { line attempt text } }',
      { id: job?.id },
    ),
  );
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
});

test('replaying the events gives what was seen live', async () => {
  const all = await collect(api.events(image.operationId));
  expectWholeStory(all);
  const middle = Math.floor(all.length / 2);
  expect(await collect(api.events(image.operationId, middle))).toEqual(all.slice(middle));
  expect(await collect(api.events(image.operationId, all.length))).toEqual([]);
});

test('a restored server is its source again, with the source password whatever was asked for', async () => {
  const restored = await api.createInstance({
    name: 'copy',
    sourceImageId: image.id,
    password: 'another password entirely',
  });
  expect(restored.notices.join(' ')).toMatch(/password/i);
  expect(restored.notices.join(' ')).not.toContain('another password entirely');
  expectWholeStory(await collect(api.events(restored.operationId)));
  const login = await api.login(restored.id);
  expect(login.password).toBe(PASSWORD);
  expect(await compareServers(source.login, login)).toEqual([
    'ALTER SYSTEM setting shared_preload_libraries: was pg_stat_statements, "no such library", is pg_stat_statements',
    'missing: ALTER SYSTEM setting port (1)',
    'missing: ALTER SYSTEM setting archive_command (false)',
  ]);
  await api.untilOver((await api.changeInstance('delete', restored.id)).operationId);
});

test('what is deleted leaves only its record', async () => {
  await api.untilOver((await api.changeInstance('delete', source.id)).operationId);
  expect(await api.instance(source.id)).toMatchObject({ state: 'DELETED' });
  const images = await openImages(home.directory);
  expect(await listBlobs(images, image.id)).not.toEqual([]);
  await api.untilOver((await api.deleteImage(image.id)).operationId);
  expect(await listBlobs(images, image.id)).toEqual([]);

  const state = path.join(home.directory, 'state');
  for (const room of ['servers/toygres-managed', 'jobs', 'run'])
    expect(await listTree(path.join(state, room))).toEqual([]);
  expect((await home.processes()).filter((process) => /servers|jobs/.test(process))).toEqual([]);
});
