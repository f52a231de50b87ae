import type { Operation } from '../client/connect.ts';
import { harmless } from './output/harmless.ts';
import { printOne } from './output/print.ts';
import type { Session } from './session.ts';
import { watchOperation } from './watch.ts';

export interface WatchOption {
  readonly watch?: boolean;
}

interface Payload {
  readonly operation?: Operation | null | undefined;
  readonly notices?: readonly string[] | undefined;
}

/**
 * Tells what a mutation began. Without `--watch` at once, with it when the operation is over: then `read` is asked for the
 * thing as it is by then. The id that is printed is that of the thing.
 */
export async function tellOutcome<Thing extends { readonly id: string }>(
  session: Session,
  payload: Payload,
  thing: Thing,
  read: (id: string) => Promise<Thing>,
  { watch = false }: WatchOption,
): Promise<void> {
  const { output } = session;
  for (const notice of payload.notices ?? []) output.note(`Notice: ${harmless(notice)}`);
  const { operation } = payload;
  if (!operation) return printOne(output, thing);
  if (!watch) {
    if (output.format === 'json') return output.data(JSON.stringify({ ...thing, operation }, null, 2));
    if (output.format === 'id') return output.data(thing.id);
    return tellBegun(session, operation);
  }
  await watchOperation(session, operation, titleOf(operation.kind, thing));
  printOne(output, await read(thing.id));
}

/** Tells what a mutation began that works on no thing: the operation itself, with `--watch` when it is over. */
export async function tellOperation(
  session: Session,
  operation: Operation,
  title: string,
  { watch = false }: WatchOption,
): Promise<void> {
  if (watch) printOne(session.output, await watchOperation(session, operation, title));
  else if (session.output.format === 'json') printOne(session.output, operation);
  else tellBegun(session, operation);
}

function tellBegun({ output }: Session, { id }: Operation): void {
  output.data(id);
  if (output.format !== 'id') output.note(`Begun. Watch it with: toygres operation watch ${id}`);
}

/** What is shown above the steps of an operation. */
export function titleOf(kind: string, thing: object): string {
  const name = 'name' in thing ? ` ${String(thing.name)}` : '';
  return `${kind.toLowerCase().replaceAll('_', ' ')}${name}`;
}
