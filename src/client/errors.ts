/** What an error of the API says besides its words, for programs. */
export interface ErrorDetails {
  /** One of the codes of the contract: NOT_FOUND, CONFLICT, INVALID_INPUT, ... */
  readonly code: string;
  /** Which field of the input is wrong. */
  readonly field?: string | undefined;
  /** Which rule it breaks. */
  readonly rule?: string | undefined;
  /** The operation that keeps a thing busy. */
  readonly operationId?: string | undefined;
  /** Where the cause stands in the server's log. */
  readonly reference?: string | undefined;
}

/** An answer of the API that is an error. `message` is for people and says what to do next. */
export class ToygresError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = details.code;
    this.details = details;
  }
}

/** What was named is not there, or not for this caller. */
export class NotFoundError extends ToygresError {}
/** It cannot be done now: the thing is in another state, is busy, or its name is taken. */
export class ConflictError extends ToygresError {}
/** The input, the document or a variable is wrong; `details.field` and `details.rule` say where. */
export class InvalidInputError extends ToygresError {}
/** Nobody is signed in, or not any more. */
export class UnauthenticatedError extends ToygresError {}
/** The caller's role or scope does not allow it. */
export class ForbiddenError extends ToygresError {}
/** Something that is needed is not there now, the server itself included; trying again may help. */
export class UnavailableError extends ToygresError {}
/** Of the server itself nothing was heard. */
export class UnreachableError extends UnavailableError {}

/** An operation ended, and not well. */
export class OperationFailedError extends ToygresError {
  readonly operationId: string;
  readonly state: 'FAILED' | 'CANCELLED';
  readonly step: string | null;

  constructor(
    operationId: string,
    state: 'FAILED' | 'CANCELLED',
    failure: { readonly code: string; readonly message: string; readonly step?: string | null | undefined } | null,
  ) {
    super(failure?.message ?? `The operation ended ${state}.`, { code: failure?.code ?? state, operationId });
    this.operationId = operationId;
    this.state = state;
    this.step = failure?.step ?? null;
  }
}

const CLASSES: Readonly<Record<string, new (message: string, details: ErrorDetails) => ToygresError>> = {
  NOT_FOUND: NotFoundError,
  CONFLICT: ConflictError,
  INVALID_INPUT: InvalidInputError,
  GRAPHQL_PARSE_FAILED: InvalidInputError,
  GRAPHQL_VALIDATION_FAILED: InvalidInputError,
  BAD_USER_INPUT: InvalidInputError,
  UNAUTHENTICATED: UnauthenticatedError,
  FORBIDDEN: ForbiddenError,
  UNAVAILABLE: UnavailableError,
};

/** One error of a GraphQL answer. */
export interface GraphqlErrorLike {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The first error of an answer as an error of the class that belongs to its code. */
export function toError(errors: readonly GraphqlErrorLike[]): ToygresError {
  const [first] = errors;
  const told = (name: string) => {
    const value = first?.extensions?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const code = told('code') ?? 'INTERNAL';
  const { field, rule, operationId, reference } = {
    field: told('field'),
    rule: told('rule'),
    operationId: told('operationId'),
    reference: told('reference'),
  };
  const Class = CLASSES[code] ?? ToygresError;
  return new Class(first?.message ?? 'the server answered with an error that says nothing', {
    code,
    field,
    rule,
    operationId,
    reference,
  });
}
