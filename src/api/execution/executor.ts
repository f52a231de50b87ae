import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import type { ApiContext } from '../../../resolvers/context.ts';
import { PlanExecution } from './execute-plan.ts';
import { type PlannedOperation, planOperation } from './plan-selection.ts';

/** What is to be executed: a valid document, and with what. */
export interface ExecutionRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly rootValue?: unknown;
  readonly contextValue: ApiContext;
}

/** Executes operations of one schema; the answer is that of graphql's own `execute`. */
export type Executor = (request: ExecutionRequest) => Promise<ExecutionResult>;

/**
 * Plans each operation of a document once, for as long as somebody holds the document, and executes by the plan. What cannot
 * be planned, graphql executes.
 */
export function createExecutor(schema: GraphQLSchema): Executor {
  const plans = new WeakMap<OperationDefinitionNode, PlannedOperation | null>();

  function planOf(document: DocumentNode, operation: OperationDefinitionNode): PlannedOperation | null {
    const known = plans.get(operation);
    if (known !== undefined) return known;
    const plan = planOperation(schema, document, operation);
    plans.set(operation, plan);
    return plan;
  }

  return async ({ document, operationName, variableValues, rootValue, contextValue }) => {
    const operation = getOperationAST(document, operationName);
    const plan = operation == null ? null : planOf(document, operation);
    const variables =
      plan === null
        ? undefined
        : getVariableValues(schema, plan.operation.variableDefinitions ?? [], { ...variableValues }).coerced;
    if (plan === null || variables === undefined) {
      return execute({
        schema,
        document,
        operationName: operationName ?? null,
        variableValues: variableValues ?? {},
        rootValue,
        contextValue,
      });
    }
    return new PlanExecution({ schema, plan, rootValue, context: contextValue, variables }).run();
  };
}
