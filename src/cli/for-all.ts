import { createInterface } from 'node:readline/promises';
import { type Operation, OperationFailedError } from '../client/connect.ts';
import { SomeFailedError, UsageError } from './exit-codes.ts';
import { harmless } from './output/harmless.ts';
import type { Output } from './output/print.ts';
import type { Session } from './session.ts';
import { InterruptedError } from './watch.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface ForAllOptions {
  readonly yes?: boolean;
  readonly watch?: boolean;
  readonly label?: readonly string[];
}

const AT_ONCE = 8;

/**
 * Does one thing to many: says first how many and which, goes on with `--yes` or when somebody agrees, and then says a line
 * for each. Throws SomeFailedError when one failed; the others were done all the same.
 */
export async function runForAll(
  { toygres, output, signal }: Session,
  verb: string,
  things: readonly Named[],
  { yes, watch, label }: ForAllOptions,
  begin: (thing: Named) => Promise<Pick<Operation, 'id'> | null | undefined>,
): Promise<void> {
  if ((label ?? []).length === 0)
    throw new UsageError('--all goes with --label key=value: all there are is never meant.');
  output.note(`${verb} ${things.length}: ${things.map(({ name }) => harmless(name)).join(', ') || 'none'}`);
  if (things.length === 0) return;
  if (!yes && !(await isAgreed(signal))) throw new UsageError('Nothing was done. Say --yes to go on.');
  const results: Result[] = [];
  const left = [...things];
  const work = async () => {
    for (let thing = left.shift(); thing !== undefined && !signal.aborted; thing = left.shift()) {
      const { id, name } = thing;
      try {
        const operation = await begin(thing);
        if (watch && operation) await toygres.waitForOperation(operation, { signal });
        results.push({
          id,
          name,
          outcome: watch ? 'done' : 'begun',
          operationId: operation?.id ?? null,
          message: null,
        });
      } catch (error) {
        if (signal.aborted) return;
        const operationId = error instanceof OperationFailedError ? error.operationId : null;
        results.push({ id, name, outcome: 'failed', operationId, message: (error as Error).message });
      }
      tell(output, results.at(-1) as Result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, things.length) }, work));
  if (output.format === 'json') output.data(JSON.stringify(results, null, 2));
  if (signal.aborted) throw new InterruptedError('What was begun goes on: see toygres operation list.');
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (failed > 0) throw new SomeFailedError(`${failed} of ${things.length} failed.`);
}

interface Result extends Named {
  readonly outcome: 'begun' | 'done' | 'failed';
  readonly operationId: string | null;
  readonly message: string | null;
}

/** A line for each as it ends; in JSON they come as one list. Data has what was done, and in a table what was not. */
function tell(output: Output, { id, name, outcome, operationId, message }: Result): void {
  const line = `${name}: ${outcome}${message === null ? '' : `: ${harmless(message)}`}${operationId === null ? '' : ` (${operationId})`}`;
  if (output.format === 'table') output.data(line);
  else if (outcome === 'failed') output.note(line);
  else if (output.format === 'id') output.data(id);
}

async function isAgreed(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await lines.question('Go on? [y/N] ', { signal }));
  } finally {
    lines.close();
  }
}
