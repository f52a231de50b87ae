import { isDeepStrictEqual } from 'node:util';
import { workflows } from '../../jobs/registry.ts';
import { newestOf } from '../../src/workflow/versions.ts';
import { audit } from '../support/audit.ts';
import { eventuallyAsItMoves } from '../support/eventually.ts';
import { type Facts, readFacts, type Subject } from './facts.ts';
import type { Plan, Point, Trace } from './points.ts';
import type { World } from './world.ts';

/** Enqueues an operation of a workflow. */
export type Begin = () => Promise<Subject>;

/** How an undisturbed operation went. */
export interface Undisturbed {
  readonly subject: Subject;
  readonly facts: Facts;
  readonly trace: Trace;
}

export interface Outcome {
  readonly subject: Subject;
  readonly point: Point;
  /** Milliseconds from the death to the first thing that the next worker did for the operation. */
  readonly takeOverMs: number;
  /** What differs from the undisturbed run; null when nothing does. */
  readonly difference: string | null;
}

/** Nothing that is under way stands still for so long, on a busy machine either. */
const STILL_MS = 240_000;

/** What becomes of a worker at its appointments: it dies, or freezes and is woken when it was replaced or all is over. */
export type Fate = 'die' | 'freeze until replaced' | 'freeze until over';

/** The number of the deaths that were tried, for the last line of a suite. */
export interface Tally {
  points: number;
  longestTakeOverMs: number;
  /** The names of those in which they were tried. */
  readonly workflows: Set<string>;
}

export const emptyTally = (): Tally => ({ points: 0, longestTakeOverMs: 0, workflows: new Set() });

interface OpenOperation {
  readonly id: string;
  readonly operation: { readonly revision: number; readonly fence: number; readonly sequence: number };
}

async function openOf(world: World, subjects: readonly Subject[]) {
  // With what tells why one is not over.
  const { rows } = await world.core.database.pool.query<OpenOperation>(
    `SELECT id, state, to_jsonb(o) - 'input' AS operation,
       (SELECT jsonb_agg(to_jsonb(s) - 'result') FROM cms.operation_steps s
        WHERE s.operation_id = o.id AND s.state NOT IN ('SUCCEEDED', 'PENDING')) AS steps,
       (SELECT jsonb_agg(to_jsonb(j)) FROM cms.jobs j WHERE j.operation_id = o.id) AS jobs,
       (SELECT jsonb_agg(to_jsonb(q) - 'output') FROM pgboss.job q WHERE q.data ->> 'operationId' = o.id::text) AS queue
     FROM cms.operations o WHERE id = ANY($1) AND state IN ('QUEUED', 'RUNNING', 'CANCELLING')`,
    [subjects.map(({ operationId }) => operationId)],
  );
  return rows;
}

const howFar = (open: readonly OpenOperation[]) =>
  open.map(({ id, operation: { revision, fence, sequence } }) => [id, revision, fence, sequence]);

/** Waits until the operations are over, whatever way. Fails when none of them has moved for so long. */
export async function untilOver(world: World, subjects: readonly Subject[], stillMs: number = STILL_MS): Promise<void> {
  await eventuallyAsItMoves(
    () => openOf(world, subjects),
    (open) => open.length === 0,
    howFar,
    stillMs,
  );
}

/** What failed by itself is told with its cause: as an example it would be wrong, and what builds on it fails without a word. */
async function expectSucceeded(world: World, operationIds: readonly string[]): Promise<void> {
  const { rows } = await world.core.database.pool.query<{ kind: string; state: string; failure: unknown }>(
    `SELECT kind, state, failure FROM cms.operations WHERE id = ANY($1) AND state <> 'SUCCEEDED'`,
    [operationIds],
  );
  if (rows.length > 0) throw new Error(`undisturbed operations did not succeed: ${JSON.stringify(rows)}`);
}

/** Runs operations side by side in one worker, to their end, and tells how they went. */
export async function runUndisturbed(
  world: World,
  begins: readonly { readonly begin: Begin; readonly plan: Plan }[],
): Promise<readonly Undisturbed[]> {
  const planned = await Promise.all(begins.map(async ({ begin, plan }) => ({ subject: await begin(), plan })));
  const traces = new Map(planned.map(({ subject }) => [subject.operationId, new Map<string, number>()]));
  const worker = await world.startWorker({
    failing: new Set(planned.filter(({ plan }) => plan === 'fail').map(({ subject }) => subject.operationId)),
    observe: async (operationId, moment) => {
      const trace = traces.get(operationId);
      if (trace?.has(moment) === false) trace.set(moment, performance.now());
    },
  });
  const subjects = planned.map(({ subject }) => subject);
  await untilOver(world, subjects);
  await worker.stop({ graceMs: 5000 });
  await expectSucceeded(
    world,
    planned.flatMap(({ subject, plan }) => (plan === 'succeed' ? [subject.operationId] : [])),
  );
  return Promise.all(
    subjects.map(async (subject) => ({
      subject,
      facts: await readFacts(world, subject),
      trace: traces.get(subject.operationId) ?? new Map(),
    })),
  );
}

/**
 * Enqueues an operation for each point, has one worker process bring each to its moment and meet its fate, has another
 * worker take over, and compares every end with the undisturbed one.
 */
export async function runWave(
  world: World,
  deaths: readonly { readonly point: Point; readonly begin: Begin; readonly expected: Facts }[],
  tally: Tally,
  fate: Fate = 'die',
): Promise<readonly Outcome[]> {
  if (deaths.length === 0) return [];
  const begun = await Promise.all(deaths.map(async (death) => ({ ...death, subject: await death.begin() })));
  const failing = begun.filter(({ point }) => point.plan === 'fail').map(({ subject }) => subject.operationId);
  const appointments = Object.fromEntries(begun.map(({ point, subject }) => [subject.operationId, point]));
  const frozen = fate === 'die' ? null : await world.freezeVictim(appointments, failing);
  if (frozen === null) await world.sendVictim(appointments, failing);

  const diedAt = performance.now();
  const takenAt = new Map<string, number>();
  const worker = await world.startWorker({
    failing: new Set(failing),
    observe: async (operationId) => {
      if (!takenAt.has(operationId)) takenAt.set(operationId, performance.now());
    },
  });
  const subjects = begun.map(({ subject }) => subject);
  if (fate === 'freeze until replaced') {
    const waiting = async () => (await openOf(world, subjects)).filter(({ id }) => !takenAt.has(id));
    await eventuallyAsItMoves(waiting, (left) => left.length === 0, howFar, STILL_MS);
    await frozen?.wake();
  }
  await untilOver(world, subjects);
  await untilQueueIsEmpty(world);
  if (fate === 'freeze until over') await frozen?.wake();
  await worker.stop({ graceMs: 5000 });
  tally.points += begun.length;
  for (const { point } of begun) tally.workflows.add(point.workflow);
  const outcomes: Outcome[] = [];
  // One after the other: dozens at once would wait for each other's connections until they give up.
  for (const { point, subject, expected } of begun) {
    const takeOverMs = (takenAt.get(subject.operationId) ?? diedAt) - diedAt;
    tally.longestTakeOverMs = Math.max(tally.longestTakeOverMs, takeOverMs);
    outcomes.push({ point, subject, takeOverMs, difference: differ(expected, await readFacts(world, subject)) });
  }
  return outcomes;
}

/** An operation that was over when its worker died is still to be taken off the queue. */
async function untilQueueIsEmpty({ core }: World): Promise<void> {
  const readLeft = async () => {
    const { rows } = await core.database.pool.query<{ id: string }>(
      `SELECT id FROM pgboss.job WHERE name LIKE 'toygres/%' AND state IN ('created', 'retry', 'active') ORDER BY id`,
    );
    return rows;
  };
  await eventuallyAsItMoves(
    readLeft,
    (left) => left.length === 0,
    (left) => left,
    STILL_MS,
  );
}

function differ(expected: Facts, found: Facts): string | null {
  const keys = Object.keys(expected) as (keyof Facts)[];
  const different = keys.filter((key) => !isDeepStrictEqual(expected[key], found[key]));
  if (different.length === 0) return null;
  return different
    .map((key) => `${key}: ${JSON.stringify(found[key])} instead of ${JSON.stringify(expected[key])}`)
    .join('\n  ');
}

/** Everything that is not as it was undisturbed, and everything that is lost, orphaned or stuck. */
export async function findFaults(world: World, outcomes: readonly Outcome[]): Promise<readonly string[]> {
  const differences = outcomes.flatMap(({ point, difference }) =>
    difference === null ? [] : [`${point.workflow} (${point.plan}) left at "${point.moment}":\n  ${difference}`],
  );
  return [...differences, ...(await auditWorld(world))];
}

export function auditWorld({ core, container, stateDirectory }: World): Promise<string[]> {
  return audit({
    pool: core.database.pool,
    platform: core.platform,
    container,
    stateDirectory,
    readPassword: (id) => core.services.instances.readPassword(id),
  });
}

/** The newest workflow of the registry with this name, which operations begin with. */
export function workflowNamed(name: string) {
  const workflow = newestOf(workflows, name);
  if (workflow === null) throw new Error(`no workflow is named ${name}`);
  return workflow;
}
