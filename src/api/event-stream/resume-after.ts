import { type ArgumentNode, Kind, type OperationDefinitionNode, type ValueNode } from 'graphql';
import { RESUMPTIONS, type Resumption, readRootField } from '../../../resolvers/resume.ts';
import { refuseRequest } from '../errors/refusals.ts';
import type { PreparedOperation } from '../execution/prepare-operation.ts';

const NUMBER = /^\d{1,10}$/;
const LONGEST = 200;

/**
 * The same subscription, going on after the event that a client saw last, whatever it says itself of where to begin.
 * Throws INVALID_INPUT for an id that no event of it has.
 */
export function resumeAfter(prepared: PreparedOperation, lastEventId: string): PreparedOperation {
  const { document, operation } = prepared;
  const root = readRootField(operation);
  const resumption = root === null ? undefined : RESUMPTIONS[root.name.value];
  if (root === null || resumption === undefined) {
    throw refuseLastEventId('This subscription has no place to go on from: leave Last-Event-ID out.');
  }
  const replaced = [resumption.argument, ...resumption.dropped];
  const kept = root.arguments?.filter(({ name }) => !replaced.includes(name.value)) ?? [];
  const args = [...kept, buildArgument(resumption, lastEventId)];
  const resumed: OperationDefinitionNode = {
    ...operation,
    selectionSet: { ...operation.selectionSet, selections: [{ ...root, arguments: args }] },
  };
  const definitions = document.definitions.map((node) => (node === operation ? resumed : node));
  return { ...prepared, operation: resumed, document: { ...document, definitions } };
}

function buildArgument({ argument, kind }: Resumption, id: string): ArgumentNode {
  if (id.length > LONGEST || (kind === 'number' && !NUMBER.test(id))) {
    throw refuseLastEventId(
      'Last-Event-ID is not the id of an event of this subscription: send the last one you have.',
    );
  }
  const value: ValueNode = kind === 'number' ? { kind: Kind.INT, value: id } : { kind: Kind.STRING, value: id };
  return { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: argument }, value };
}

function refuseLastEventId(message: string) {
  return refuseRequest(message, 'Last-Event-ID', 'lastEventId');
}
