import { type DocumentNode, type GraphQLSchema, getOperationAST, Kind, type OperationDefinitionNode } from 'graphql';
import { readVariables } from '../errors/coercion.ts';
import { refuseRequest } from '../errors/refusals.ts';
import { checkCost } from './check-cost.ts';

/** Which operation of a document is asked for, and with what. */
export interface AskedOperation {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * The operation of a valid document that is to be run, once its variables fit their types and its cost is within limits.
 * Throws INVALID_INPUT.
 */
export function checkOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: AskedOperation,
): OperationDefinitionNode {
  const operation = getOperationAST(document, operationName);
  if (operation == null) {
    throw refuseRequest(
      operationName == null
        ? 'The document has no operation, or several: send one, or name one of them in operationName.'
        : 'The document has no operation of the name in operationName: name one that it has.',
    );
  }
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  checkCost(schema, operation, fragments, readVariables(schema, operation, variables ?? {}));
  return operation;
}
