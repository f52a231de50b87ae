import type { Logger } from '../../../log/logger.ts';
import { isGoing, type Job } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { endOf } from './job-pods.ts';

/** Holds the number of jobs that run at once; those beyond it are made suspended and released one by one. */
export interface JobSlots {
  /** Makes a job while no other is made by us; `suspend` says whether it has to wait. */
  enter(make: (suspend: boolean) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const BACKSTOP_MS = 30_000;

function isWaiting(job: Job): boolean {
  return job.spec.suspend === true && endOf(job) === null && !isGoing(job);
}

function isActive(job: Job): boolean {
  return job.spec.suspend !== true && endOf(job) === null && !isGoing(job);
}

/** Several control planes count what they see at the same moment: the limit can be passed by one a process. */
export function createJobSlots(context: KubernetesContext, log: Logger): JobSlots {
  const { api, known, settings } = context;
  let stopped = false;
  let queue: Promise<unknown> = Promise.resolve();

  /** A namespace that cannot be read counts for none: it holds up no other, and its own jobs fail by themselves. */
  async function readJobs(): Promise<readonly Job[]> {
    const all = await Promise.allSettled(settings.namespaces.map((namespace) => known.of('Job', namespace).read()));
    return all.flatMap((jobs) => (jobs.status === 'fulfilled' ? [...jobs.value.values()] : []));
  }

  /** One after the other, so that two callers do not take the same slot. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  }

  async function release(): Promise<void> {
    const jobs = await readJobs();
    const free = settings.jobConcurrency - jobs.filter(isActive).length;
    const waiting = jobs.filter(isWaiting).sort((a, b) => {
      const [first, second] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
      return first === second ? (a.metadata.name < b.metadata.name ? -1 : 1) : first < second ? -1 : 1;
    });
    for (const { metadata } of waiting.slice(0, Math.max(0, free))) {
      const namespace = metadata.namespace ?? '';
      const released = await api.patch('Job', namespace, metadata.name, { spec: { suspend: false } });
      if (released !== null) known.of('Job', namespace).put(released);
    }
  }

  let wanted = false;
  function wake(): void {
    if (wanted || stopped) return;
    wanted = true;
    inTurn(async () => {
      wanted = false;
      if (!stopped) await release();
    }).catch((error: unknown) => log.warn({ err: error }, 'cannot release a waiting job; trying again'));
  }

  let watching = false;
  const forget: (() => void)[] = [];
  function watch(): void {
    if (watching || stopped) return;
    watching = true;
    for (const namespace of settings.namespaces) forget.push(known.of('Job', namespace).onChange(wake));
    const timer = setInterval(wake, BACKSTOP_MS);
    timer.unref();
    forget.push(() => clearInterval(timer));
  }

  return {
    enter: (make) => {
      watch();
      return inTurn(async () => {
        const jobs = await readJobs();
        await make(jobs.filter(isActive).length >= settings.jobConcurrency || jobs.some(isWaiting));
      });
    },
    stop: async () => {
      stopped = true;
      for (const end of forget) end();
      await queue;
    },
  };
}
