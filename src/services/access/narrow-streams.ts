import { type Noun, notFound } from '../../../resolvers/ids.ts';
import type { ChangeRecord } from '../../../resolvers/ports/records.ts';
import type { EventStreams, LogStreams } from '../../../resolvers/ports/streams.ts';

/** Whether one thing is within a scope now. `change` tells apart what may be asked for each time from what may not. */
export interface Visibility {
  instance(id: string, change?: number): Promise<boolean>;
  image(id: string, change?: number): Promise<boolean>;
  operation(id: string, change?: number): Promise<boolean>;
  job(id: string, change?: number): Promise<boolean>;
  schedule(id: string, change?: number): Promise<boolean>;
  alert(id: string, change?: number): Promise<boolean>;
}

/** How long an answer holds for all who follow the same thing with the same scope. */
const HOLDS_MS = 1000;
const REMEMBERED_MAX = 1000;

/** Asks once a second and change at most, however many follow and however fast lines come. */
export function rememberVisibility(visibility: Visibility): Visibility {
  const answers = new Map<string, { readonly answer: Promise<boolean>; readonly at: number }>();
  const remembered = (noun: keyof Visibility) => (id: string, change?: number) => {
    const key = `${noun} ${id} ${change}`;
    const known = answers.get(key);
    if (known !== undefined && performance.now() - known.at < HOLDS_MS) return known.answer;
    const answer = visibility[noun](id);
    answers.delete(key);
    answers.set(key, { answer, at: performance.now() });
    answer.catch(() => answers.delete(key));
    for (const oldest of answers.keys()) {
      if (answers.size <= REMEMBERED_MAX) break;
      answers.delete(oldest);
    }
    return answer;
  };
  return {
    instance: remembered('instance'),
    image: remembered('image'),
    operation: remembered('operation'),
    job: remembered('job'),
    schedule: remembered('schedule'),
    alert: remembered('alert'),
  };
}

/** Hands on a stream of one thing for as long as that is within the scope, and ends when it no longer is. */
async function* whileVisible<T>(
  open: () => AsyncIterable<T>,
  isVisible: (value?: T) => Promise<boolean>,
  noun: Noun,
): AsyncGenerator<T, void, void> {
  if (!(await isVisible())) throw notFound(noun, `${noun}Id`);
  for await (const value of open()) {
    if (!(await isVisible(value))) return;
    yield value;
  }
}

/** Hands on of a stream of many things those that are within the scope. */
async function* onlyVisible<T>(
  open: () => AsyncIterable<T>,
  isVisible: (value: T) => Promise<boolean>,
): AsyncGenerator<T, void, void> {
  for await (const value of open()) if (await isVisible(value)) yield value;
}

/** Hands on the changes of what is within the scope; of nouns that scopes say nothing of, none. */
async function* onlyVisibleChanges(
  open: () => AsyncIterable<ChangeRecord>,
  visibility: Visibility,
): AsyncGenerator<ChangeRecord, void, void> {
  const nouns: Readonly<Record<string, (id: string, change?: number) => Promise<boolean>>> = {
    instance: visibility.instance,
    image: visibility.image,
    operation: visibility.operation,
    schedule: visibility.schedule,
    alert: visibility.alert,
  };
  for await (const change of open()) {
    if (await nouns[change.noun]?.(change.record.id, change.record.revision)) yield change;
  }
}

/** The streams as a scope leaves them; what is outside of it is NOT_FOUND. */
export function narrowEvents(events: EventStreams, visibility: Visibility): EventStreams {
  return {
    followOperation: (id, after, signal) =>
      whileVisible(
        () => events.followOperation(id, after, signal),
        (event) => visibility.operation(id, event?.sequence),
        'operation',
      ),
    followInstances: (id, signal) =>
      id === null
        ? onlyVisible(
            () => events.followInstances(null, signal),
            ({ id: of, revision }) => visibility.instance(of, revision),
          )
        : whileVisible(
            () => events.followInstances(id, signal),
            (record) => visibility.instance(id, record?.revision),
            'instance',
          ),
    followImages: (id, signal) =>
      id === null
        ? onlyVisible(
            () => events.followImages(null, signal),
            ({ id: of, revision }) => visibility.image(of, revision),
          )
        : whileVisible(
            () => events.followImages(id, signal),
            (record) => visibility.image(id, record?.revision),
            'image',
          ),
    followOperations: (criteria, signal) =>
      onlyVisible(
        () => events.followOperations(criteria, signal),
        ({ id, revision }) => visibility.operation(id, revision),
      ),
    followChanges: (after, signal) => onlyVisibleChanges(() => events.followChanges(after, signal), visibility),
    // A place says nothing of what lies there.
    readChangesCursor: () => events.readChangesCursor(),
  };
}

/** The logs as a scope leaves them. */
export function narrowLogs(logs: LogStreams, visibility: Visibility): LogStreams {
  return {
    async readJob(jobId, request) {
      if (!(await visibility.job(jobId))) throw notFound('job', 'jobId');
      return logs.readJob(jobId, request);
    },
    followJob: (jobId, request, signal) =>
      whileVisible(
        () => logs.followJob(jobId, request, signal),
        () => visibility.job(jobId),
        'job',
      ),
    followJobBatches: (jobId, request, signal) =>
      whileVisible(
        () => logs.followJobBatches(jobId, request, signal),
        () => visibility.job(jobId),
        'job',
      ),
    followInstance: (instanceId, request, signal) =>
      whileVisible(
        () => logs.followInstance(instanceId, request, signal),
        () => visibility.instance(instanceId),
        'instance',
      ),
    followInstanceBatches: (instanceId, request, signal) =>
      whileVisible(
        () => logs.followInstanceBatches(instanceId, request, signal),
        () => visibility.instance(instanceId),
        'instance',
      ),
  };
}
