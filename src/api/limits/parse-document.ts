import { type DocumentNode, type FieldNode, GraphQLError, Kind, parse, type SelectionSetNode, visit } from 'graphql';
import type { AppError } from '../../../schema/errors.ts';
import type { LimitRule } from '../../../schema/rules/request-limits.ts';
import { refuseExcess } from '../errors/refusals.ts';
import { LIMITS } from './limits.ts';

/**
 * Reads a document and refuses what is too large to look at closely: to be called before validation, some rules of which
 * take time that grows with the square of a document's length. Throws INVALID_INPUT with the rule of a limit, or a
 * GraphQLError that carries its code.
 */
export function parseDocument(source: string): DocumentNode {
  const document = read(source);
  let fields = 0;
  let aliases = 0;
  visit(document, {
    Field(node: FieldNode) {
      fields += 1;
      if (node.alias !== undefined) aliases += 1;
    },
    InlineFragment() {
      fields += 1;
    },
    FragmentSpread() {
      fields += 1;
    },
  });
  if (aliases > LIMITS.aliases) throw tooLarge('tooManyAliases', 'aliases', aliases, LIMITS.aliases);
  if (fields > LIMITS.fields) throw tooLarge('documentTooLong', 'fields and fragments', fields, LIMITS.fields);
  checkDepth(document);
  return document;
}

function read(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: LIMITS.tokens });
  } catch (error) {
    // Where graphql stops reading tells the length alone, in these words.
    if (
      error instanceof GraphQLError &&
      /^Syntax Error: Document contains more tha[nt] \d+ tokens/.test(error.message)
    ) {
      throw refuseExcess(
        'documentTooLong',
        `The document has more than ${LIMITS.tokens} words and signs: split it into several requests.`,
      );
    }
    if (error instanceof GraphQLError) {
      const { message, source: where, positions } = error;
      throw new GraphQLError(message, {
        source: where ?? null,
        positions: positions ?? null,
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      });
    }
    // The parser descends once for each level and ran out of stack.
    if (error instanceof RangeError)
      throw refuseExcess('documentTooDeep', 'The document is nested too deep: send a flatter one.');
    throw error;
  }
}

function tooLarge(rule: LimitRule, what: string, count: number, limit: number): AppError {
  const message = `The document has ${count} ${what}, and ${limit} are allowed: split it into several requests.`;
  return refuseExcess(rule, message);
}

/** Fragments are followed, again only where they are used deeper than before; one within itself has no bottom. */
function checkDepth(document: DocumentNode): void {
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const reached = new Map<string, number>();

  const descend = (selectionSet: SelectionSetNode | undefined, depth: number): void => {
    if (selectionSet === undefined) return;
    for (const node of selectionSet.selections) {
      if (node.kind === Kind.FIELD) {
        if (depth >= LIMITS.depth) {
          throw refuseExcess(
            'documentTooDeep',
            `The document is more than ${LIMITS.depth} levels deep: split it into several requests.`,
          );
        }
        descend(node.selectionSet, depth + 1);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        descend(node.selectionSet, depth);
      } else if ((reached.get(node.name.value) ?? -1) < depth) {
        reached.set(node.name.value, depth);
        descend(fragments.get(node.name.value)?.selectionSet, depth);
      }
    }
  };

  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) descend(node.selectionSet, 0);
  }
}
