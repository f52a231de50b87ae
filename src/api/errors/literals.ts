import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  print,
  TypeInfo,
  ValidationContext,
  ValuesOfCorrectTypeRule,
  visit,
  visitInParallel,
  visitWithTypeInfo,
} from 'graphql';
import { type AppError, invalidInput } from '../../../schema/errors.ts';
import { isOurs, readRule, withoutValue } from './coercion.ts';

/** How graphql names a field of an input object that is missing; the path leads to the object. */
const MISSING_FIELD = /^Field "\w{1,100}\.(\w{1,100})" of required type/;

/**
 * Requires that the values written into a document fit their places, as `readVariables` does of variables: INVALID_INPUT
 * that names the first field at fault. What else is wrong with the document is left to validation.
 */
export function checkLiterals(schema: GraphQLSchema, document: DocumentNode): void {
  const path: string[] = [];
  let fault: AppError | null = null;
  const typeInfo = new TypeInfo(schema);
  const context = new ValidationContext(schema, document, typeInfo, (error) => {
    fault ??= explain(path, error);
  });
  const enter = ({ name }: { readonly name: { readonly value: string } }) => {
    path.push(name.value);
  };
  const leave = () => {
    path.pop();
  };
  // Before the rule, so that the path is complete when it speaks.
  const places = { Argument: { enter, leave }, ObjectField: { enter, leave } };
  visit(document, visitWithTypeInfo(typeInfo, visitInParallel([places, ValuesOfCorrectTypeRule(context)])));
  if (fault !== null) throw fault;
}

function explain(path: readonly string[], { message, nodes, extensions }: GraphQLError): AppError {
  const missing = MISSING_FIELD.exec(message)?.[1];
  const field = missing ?? path.at(-1) ?? 'value';
  const value = nodes?.[0] === undefined ? '' : print(nodes[0]);
  const rule = missing === undefined ? readRule(message) : 'required';
  const unmissed = isOurs(extensions) ? message : withoutValue(message, value);
  const said = missing === undefined ? unmissed : `the field "${missing}" was left out, and it is required`;
  const place = path.join('.') || 'A value';
  return invalidInput(field, rule, `${place}: ${said}: see the schema for what fits.`);
}
