import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode, validate } from 'graphql';
import { checkLiterals } from '../errors/literals.ts';
import { refuseDocument } from '../errors/refusals.ts';
import { checkOperation } from '../limits/check-operation.ts';
import { parseDocument } from '../limits/parse-document.ts';

/** What is asked for, as it came. */
export interface AskedRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that may be run. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null;
  /** As they were given. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Why a document cannot be run, one error for each fault. */
export class DocumentFaults extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('the document does not validate');
    this.name = 'DocumentFaults';
    this.errors = errors;
  }
}

/** Reads and checks operations of one schema. */
export interface Preparer {
  /** The document once it is within the limits and valid. Throws INVALID_INPUT, a GraphQLError with its code, or DocumentFaults. */
  readDocument(source: string): DocumentNode;
  /** The operation that is asked for, its variables and cost checked too. Throws the same. */
  prepare(asked: AskedRequest): PreparedOperation;
}

/** Characters of documents that are kept after they were checked; in memory they take some fifty times as much. */
const KEPT_CHARACTERS = 400_000;
const KEPT_LONGEST = 20_000;

/** Clients send the same few documents over and over: those that were used last are checked once. */
export function createPreparer(schema: GraphQLSchema): Preparer {
  const known = new Map<string, DocumentNode>();
  let characters = 0;

  function keep(source: string, document: DocumentNode): void {
    if (source.length > KEPT_LONGEST) return;
    known.set(source, document);
    characters += source.length;
    for (const oldest of known.keys()) {
      if (characters <= KEPT_CHARACTERS) return;
      known.delete(oldest);
      characters -= oldest.length;
    }
  }

  function readDocument(source: string): DocumentNode {
    const kept = known.get(source);
    if (kept !== undefined) {
      known.delete(source);
      known.set(source, kept);
      return kept;
    }
    const document = parseDocument(source);
    checkLiterals(schema, document);
    const faults = validate(schema, document);
    if (faults.length > 0) throw new DocumentFaults(faults.map(asDocumentError));
    keep(source, document);
    return document;
  }

  return {
    readDocument,
    prepare({ query, operationName = null, variables }) {
      const document = readDocument(query);
      const operation = checkOperation(schema, document, { operationName, variables });
      return { document, operation, operationName, variables: variables ?? {} };
    },
  };
}

function asDocumentError({ message, nodes }: GraphQLError): GraphQLError {
  const { extensions } = refuseDocument(message);
  return new GraphQLError(message, { nodes: nodes ?? null, extensions });
}
