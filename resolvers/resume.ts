import { type FieldNode, Kind, type OperationDefinitionNode } from 'graphql';
import type { ChangeRecord, LogLineRecord, OperationEventRecord } from './ports/records.ts';

/** How a subscription goes on where an earlier one was cut. */
export interface Resumption {
  /** The argument that says after what. */
  readonly argument: string;
  readonly kind: 'number' | 'text';
  /** Arguments that say where else to begin, and do not hold for one that goes on. */
  readonly dropped: readonly string[];
  /** What to give as the argument once this was seen. */
  idOf(payload: object): string;
}

/** By the names of subscriptions; those that are not here begin anew. */
export const RESUMPTIONS: Readonly<Record<string, Resumption>> = {
  operationEvents: {
    argument: 'after',
    kind: 'number',
    dropped: [],
    idOf: (payload) => String((payload as OperationEventRecord).sequence),
  },
  changes: {
    argument: 'after',
    kind: 'text',
    dropped: [],
    idOf: (payload) => (payload as ChangeRecord).cursor,
  },
  jobLogs: {
    argument: 'afterLine',
    kind: 'number',
    dropped: ['tailLines'],
    idOf: (payload) => String((payload as LogLineRecord).line),
  },
  jobLogBatches: {
    argument: 'afterLine',
    kind: 'number',
    dropped: ['tailLines'],
    idOf: (payload) => String((payload as readonly LogLineRecord[]).at(-1)?.line ?? 0),
  },
};

/** The one field of a subscription; null where it stands within a fragment. */
export function readRootField({ selectionSet }: OperationDefinitionNode): FieldNode | null {
  const [root] = selectionSet.selections;
  return root?.kind === Kind.FIELD ? root : null;
}

/** With what to go on after an event; null where there is nothing to go on with. */
export function readResumeId(operation: OperationDefinitionNode, payload: object): string | null {
  const root = readRootField(operation);
  return root === null ? null : (RESUMPTIONS[root.name.value]?.idOf(payload) ?? null);
}
