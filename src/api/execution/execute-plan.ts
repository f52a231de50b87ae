import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  type ResponsePath,
  responsePathAsArray,
} from 'graphql';
import type { ApiContext } from '../../../resolvers/context.ts';
import type { PlannedField, PlannedOperation, Selection } from './plan-selection.ts';
import { writeMoment } from './write-moment.ts';

type Path = ResponsePath | undefined;
type Answer = Record<string, unknown>;
type Info = GraphQLResolveInfo;

/** What one execution works with. */
export interface ExecutionParts {
  readonly schema: GraphQLSchema;
  readonly plan: PlannedOperation;
  readonly rootValue: unknown;
  readonly context: ApiContext;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The errors of an execution; none of what lies beneath a place that is null by an earlier one. */
class Errors {
  readonly list: GraphQLError[] = [];
  readonly #places = new Set<Path>();

  add(error: GraphQLError, path: Path): void {
    for (let place = path; place !== undefined; place = place.prev) if (this.#places.has(place)) return;
    if (this.#places.has(undefined)) return;
    this.#places.add(path);
    this.list.push(error);
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

/** The object once all that it waits for is there. */
function settle(answer: Answer): Promise<Answer> {
  const keys = Object.keys(answer).filter((key) => answer[key] instanceof Promise);
  return Promise.all(keys.map((key) => answer[key])).then((values) => {
    keys.forEach((key, at) => {
      answer[key] = values[at];
    });
    return answer;
  });
}

/**
 * One execution of a planned operation, which gives the answer that graphql's own `execute` does, with the same errors in the
 * same places: what is known beforehand is not worked out for every value anew.
 */
export class PlanExecution {
  readonly #parts: ExecutionParts;
  readonly #errors = new Errors();
  readonly #args = new Map<PlannedField, Record<string, unknown>>();

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
  }

  /** Never rejects. Once only. */
  async run(): Promise<{ readonly data: Answer | null; readonly errors?: readonly GraphQLError[] }> {
    let data: Answer | null = null;
    try {
      data = await this.#select(this.#parts.plan.root, this.#parts.rootValue, undefined);
    } catch (error) {
      this.#errors.add(error as GraphQLError, undefined);
    }
    const { list } = this.#errors;
    return list.length === 0 ? { data } : { errors: list, data };
  }

  #select(selection: Selection, source: unknown, path: Path): Answer | Promise<Answer> {
    const answer: Answer = {};
    let waits = false;
    try {
      for (const planned of selection) {
        const value = this.#plain(planned, source) ?? this.#field(planned, source, path);
        answer[planned.key] = value;
        if (value instanceof Promise) waits = true;
      }
    } catch (error) {
      if (!waits) throw error;
      return settle(answer).finally(() => {
        throw error;
      });
    }
    return waits ? settle(answer) : answer;
  }

  /** The value of a field that only shows a property, where there is nothing more to it; else undefined. */
  #plain({ plain, field }: PlannedField, source: unknown): unknown {
    if (plain === null || typeof source !== 'object' || source === null) return undefined;
    const value = (source as Answer)[field.name];
    const kind = typeof value;
    if (kind !== 'string' && kind !== 'number' && kind !== 'boolean' && !(value instanceof Date)) return undefined;
    try {
      const shown = plain.serialize(value);
      return shown instanceof Date ? writeMoment(shown) : shown;
    } catch {
      // It is said where it is.
      return undefined;
    }
  }

  #field(planned: PlannedField, source: unknown, above: Path): unknown {
    const { key, parent, field } = planned;
    const { plain, isRequired } = planned;
    if (plain !== null && !isRequired && typeof source === 'object' && source !== null) {
      if ((source as Answer)[field.name] == null) return null;
    }
    const path: ResponsePath = { prev: above, key, typename: parent.name };
    try {
      const info = this.#infoOf(planned, path);
      const resolve = field.resolve ?? defaultFieldResolver;
      const result = resolve(source, this.#argsOf(planned), this.#parts.context, info);
      const shown = isThenable(result)
        ? Promise.resolve(result).then((value) => this.#complete(field.type, planned, info, path, value))
        : this.#complete(field.type, planned, info, path, result);
      if (!(shown instanceof Promise)) return shown;
      return shown.then(undefined, (error: unknown) => this.#fail(error, field.type, planned, path));
    } catch (error) {
      return this.#fail(error, field.type, planned, path);
    }
  }

  #infoOf({ field, nodes, parent }: PlannedField, path: ResponsePath): Info {
    const { schema, plan, rootValue, variables } = this.#parts;
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType: parent,
      path,
      schema,
      fragments: plan.fragments,
      rootValue,
      operation: plan.operation,
      variableValues: variables,
    };
  }

  #argsOf(planned: PlannedField): Record<string, unknown> {
    const [node] = planned.nodes;
    if (node === undefined || planned.field.args.length === 0) return {};
    const known = this.#args.get(planned) ?? getArgumentValues(planned.field, node, this.#parts.variables);
    this.#args.set(planned, known);
    return { ...known };
  }

  #complete(type: GraphQLOutputType, planned: PlannedField, info: Info, path: ResponsePath, value: unknown): unknown {
    if (value instanceof Error) throw value;
    if (isNonNullType(type)) {
      const shown = this.#complete(type.ofType, planned, info, path, value);
      if (shown === null) {
        throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
      }
      return shown;
    }
    if (value == null) return null;
    if (isListType(type)) return this.#list(type.ofType, planned, info, path, value);
    if (isLeafType(type)) {
      const shown = type.serialize(value);
      if (shown == null)
        throw new Error(`${info.parentType.name}.${info.fieldName} has a value that is none of ${type}.`);
      return shown instanceof Date ? writeMoment(shown) : shown;
    }
    if (!isAbstractType(type)) return this.#object(type, planned, info, path, value);
    const named = type.resolveType?.(value, this.#parts.context, info, type);
    if (!isThenable(named)) return this.#object(this.#typeOf(named, info), planned, info, path, value);
    return Promise.resolve(named).then((name) => this.#object(this.#typeOf(name, info), planned, info, path, value));
  }

  /** Of a value of several possible types. */
  #typeOf(name: unknown, { parentType, fieldName }: Info): GraphQLObjectType {
    const type = typeof name === 'string' ? this.#parts.schema.getType(name) : undefined;
    if (isObjectType(type)) return type;
    throw new GraphQLError(`${parentType.name}.${fieldName} has a value of no type of the schema.`);
  }

  #object(type: GraphQLObjectType, planned: PlannedField, info: Info, path: ResponsePath, value: unknown): unknown {
    const selection = planned.beneath.get(type);
    if (selection !== undefined) return this.#select(selection, value, path);
    throw new GraphQLError(
      `${info.parentType.name}.${info.fieldName} has a value of the type ${type.name}, which it cannot.`,
    );
  }

  #list(type: GraphQLOutputType, planned: PlannedField, info: Info, above: ResponsePath, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`,
      );
    }
    const shown: unknown[] = [];
    let waits = false;
    try {
      for (const item of value as Iterable<unknown>) {
        const one = this.#item(type, planned, info, { prev: above, key: shown.length, typename: undefined }, item);
        shown.push(one);
        if (one instanceof Promise) waits = true;
      }
    } catch (error) {
      // Nobody waits any more for those before it, which may fail as well.
      if (waits) void Promise.allSettled(shown);
      throw error;
    }
    return waits ? Promise.all(shown) : shown;
  }

  #item(type: GraphQLOutputType, planned: PlannedField, info: Info, path: ResponsePath, item: unknown): unknown {
    try {
      const shown = isThenable(item)
        ? Promise.resolve(item).then((value) => this.#complete(type, planned, info, path, value))
        : this.#complete(type, planned, info, path, item);
      if (!(shown instanceof Promise)) return shown;
      return shown.then(undefined, (error: unknown) => this.#fail(error, type, planned, path));
    } catch (error) {
      return this.#fail(error, type, planned, path);
    }
  }

  /** Null in its place where that may be; else the error is that of what is around it. */
  #fail(raw: unknown, type: GraphQLOutputType, { nodes }: PlannedField, path: ResponsePath): null {
    const error = locatedError(raw as Error, nodes, responsePathAsArray(path));
    if (isNonNullType(type)) throw error;
    this.#errors.add(error, path);
    return null;
  }
}
