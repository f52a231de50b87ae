import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getVariableValues,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { type AppError, invalidInput } from '../../../schema/errors.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The variables of an operation as resolvers get them. Throws INVALID_INPUT that names the first field at fault.
 *
 * graphql's own message for it would repeat the value, which may be a password, or a megabyte.
 */
export function readVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Values): Values {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...given }, { maxErrors: 1 });
  if (coerced !== undefined) return coerced;
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    const value = given[name];
    if (value === undefined && !isNonNullType(type)) continue;
    if (value === undefined && defaultValue !== undefined) continue;
    if (value == null && isNonNullType(type)) {
      throw invalidInput(name, 'required', `The variable $${name} of type ${type} has no value: send one.`);
    }
    const fault = findFault(name, type, value);
    if (fault !== null) throw fault;
  }
  return {};
}

/** How graphql names a field of an input object that is missing or unknown; the path leads to the object. */
const FIELD_OF_INPUT = /^Field "(\w{1,100})"/;

function findFault(variable: string, type: GraphQLInputType, value: unknown): AppError | null {
  let fault: AppError | null = null;
  coerceInputValue(value, type, (path, invalid, { message, extensions }) => {
    const field = FIELD_OF_INPUT.exec(message)?.[1] ?? path.findLast((part) => typeof part === 'string') ?? variable;
    const place = [variable, ...path].join('.');
    const said = isOurs(extensions) ? message : withoutValue(message, invalid);
    fault ??= invalidInput(String(field), readRule(message), `${place}: ${said}${said.endsWith('?') ? '' : '.'}`);
  });
  return fault;
}

/** What graphql's words come down to. */
export function readRule(message: string): 'required' | 'known' | 'type' {
  if (
    / was not provided\b|^Expected non-nullable type .* not to be null|^Expected value of type ".*!", found null/.test(
      message,
    )
  )
    return 'required';
  return / is not defined by type /.test(message) ? 'known' : 'type';
}

/** Whether one of our scalars said so, which repeats no value. */
export function isOurs(extensions: Readonly<Record<string, unknown>>): boolean {
  return extensions.code === 'INVALID_INPUT';
}

const MAX_LENGTH = 200;

/** What graphql says is wrong, cut before it repeats the value. */
export function withoutValue(message: string, value: unknown): string {
  const enumName = /does not exist in "(\w+)" enum/.exec(message)?.[1];
  if (enumName !== undefined) return `the value is none of ${enumName}`;
  const repeated = typeof value === 'string' ? value : /[[{]/.exec(message)?.[0];
  const place = repeated ? message.indexOf(repeated) : -1;
  if (place === -1) return message.slice(0, MAX_LENGTH).replace(/\.$/, '');
  return message.slice(0, Math.min(place, MAX_LENGTH)).replace(/[\s:."'\\]+$/, '');
}
