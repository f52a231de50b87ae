import { createInterface } from 'node:readline/promises';
import type { Operation } from '../client/connect.ts';
import { SomeFailedError, UsageError } from './exit-codes.ts';
import { harmless } from './output/table.ts';
import type { Session } from './session.ts';

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
  let failed = 0;
  const left = [...things];
  const work = async () => {
    for (let thing = left.shift(); thing !== undefined && !signal.aborted; thing = left.shift()) {
      try {
        const operation = await begin(thing);
        if (watch && operation) await toygres.waitForOperation(operation, { signal });
        output.data(
          output.format === 'id'
            ? thing.id
            : `${thing.name}: ${watch ? 'done' : 'begun'}${operation ? ` (${operation.id})` : ''}`,
        );
      } catch (error) {
        failed += 1;
        output.data(`${thing.name}: failed: ${harmless((error as Error).message)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, things.length) }, work));
  if (failed > 0) throw new SomeFailedError(`${failed} of ${things.length} failed.`);
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
