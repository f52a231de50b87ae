import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisorOrder } from '../../../jobs/ports/supervisor-order.ts';
import { takeLock } from '../../machine/file-lock.ts';
import { markProcess } from '../../machine/process-mark.ts';
import { removeTree } from '../../machine/remove-tree.ts';
import { FINAL_STATUS } from './exit-status.ts';
import { openAttemptRecord, timestamp, writeWhole } from './record-attempt.ts';
import { moverOf, runAttempt } from './run-attempt.ts';
import { takeSlot } from './slots.ts';
import type { Environment } from './work.ts';

const LOCK_SECONDS = 30;
/** What a timer of Node can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Cause = 'exit' | 'deadline' | 'cancel' | 'interrupt';
const STATES = { cancel: 'CANCELLED', interrupt: 'INTERRUPTED', deadline: 'FAILED' } as const;

function readNote(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function definedOf(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * Runs one job of the local platform to its end, whether or not the control plane lives: attempts, deadline, log, state.
 *
 * SIGTERM ends the job; `request` says as what: `cancel`, or `interrupt` (also when it says nothing). `end` is written last,
 * when no process, no secret and no scratch file of the job is left. `environment` is the program's.
 */
export async function supervise(order: SupervisorOrder, environment: Environment, ending: AbortSignal): Promise<void> {
  const note = (name: string) => path.join(order.run, name);
  const lock = await takeLock(note('lock'), LOCK_SECONDS);
  if (lock === null) return;

  let failures = order.failures;
  const owners =
    order.users === null ? [] : [order.users.worker, moverOf(order.users), ...(order.maker ? [order.maker.user] : [])];
  const finish = async (state: string, cause: Cause) => {
    await rm(order.secrets, { recursive: true, force: true });
    for (const name of await readdir(order.scratch).catch(() => [])) {
      await removeTree(path.join(order.scratch, name), owners);
    }
    const end = { state, cause, failures, losses: order.losses, finishedAt: Number(timestamp()) };
    if (existsSync(order.run)) writeWhole(note('end'), JSON.stringify(end));
  };
  const isOrdered = () => readNote(note('order')) === order.order;

  // Who cancels, removes or starts the job anew takes our order away and then looks for us: so we note ourselves in between.
  if (!isOrdered()) return;
  const mark = await markProcess(process.pid);
  writeWhole(note('supervisor'), `${process.pid} ${mark?.startTicks} ${mark?.bootId}`);
  if (!isOrdered()) {
    rmSync(note('supervisor'), { force: true });
    return;
  }
  // Only now: in between, an interrupted job would look as if it had never been.
  rmSync(note('end'), { force: true });

  const asked = (): 'cancel' | 'interrupt' => (readNote(note('request')) === 'cancel' ? 'cancel' : 'interrupt');
  const slot = await takeSlot(order.slots, order.slotCount, ending);
  if (slot === null) return finish(STATES[asked()], asked());

  const deadline = AbortSignal.timeout(Math.min(order.deadlineSeconds * 1000, LONGEST_TIMER_MS));
  const signal = AbortSignal.any([ending, deadline]);
  /** Why the job must end before it has succeeded or failed by itself. */
  const reason = (): Exclude<Cause, 'exit'> | null => {
    if (ending.aborted) return asked();
    return deadline.aborted ? 'deadline' : null;
  };
  writeWhole(note('running'), timestamp());

  for (let attempt = order.firstAttempt; ; attempt += 1) {
    // The job was removed before it was known that we live: nothing of it is to be made anew.
    if (!existsSync(order.run)) return finish('CANCELLED', 'cancel');
    const directory = path.join(order.attempts, String(attempt));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeWhole(path.join(directory, 'started'), timestamp());
    const record = openAttemptRecord(directory);
    const status = await runAttempt({
      number: attempt,
      directory: path.join(order.scratch, String(attempt)),
      secretsDirectory: order.secrets,
      environment: definedOf(environment),
      worker: order.worker,
      mover: order.mover,
      users: order.users,
      isWorkerAlone: order.isWorkerAlone ?? false,
      maker: order.maker ?? null,
      memoryBytes: order.memoryBytes ?? null,
      onLine: record.take,
      signal,
    }).finally(record.close);
    writeWhole(path.join(directory, 'exit'), `${status} ${timestamp()}`);

    const ended = reason();
    if (ended !== null) return finish(STATES[ended], ended);
    if (status === 0 && existsSync(path.join(directory, 'result'))) return finish('SUCCEEDED', 'exit');
    failures += 1;
    writeWhole(note('tally'), JSON.stringify({ failures, losses: order.losses }));
    if (status === FINAL_STATUS || failures >= order.attemptsAtMost) return finish('FAILED', 'exit');
    const pauseMs = (failures < 5 ? failures * 2 - 1 : 10) * 1000;
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    const endedMeanwhile = reason();
    if (endedMeanwhile !== null) return finish(STATES[endedMeanwhile], endedMeanwhile);
  }
}
