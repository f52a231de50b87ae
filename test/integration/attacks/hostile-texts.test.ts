import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect, it } from 'vitest';
import { readSchema } from '../../../src/api/schema.ts';
import { openAccessWorld } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const schema = readSchema();

const TEXTS = [
  ...HOSTILE_TEXTS,
  'x'.repeat(500_000),
  '\u202e\u2066reversed\u2069',
  '\x1b]0;title\x07\x1b[2J',
  '\u0000',
  '\ud800',
  'a\udc00b',
  '-9223372036854775809',
  '1e400',
  '00000000-0000-0000-0000-000000000000\n',
  `${'['.repeat(10_000)}`,
  'constructor',
  'toString',
  '9999999-99-99T99:99:99Z',
  '%',
  '\\',
];

/** What stands in the place of a text that is not the one which is tried. */
type Known = Readonly<Record<string, string>>;
type Way = readonly string[];

/** Ways to every text that an input may have; what is left out otherwise is there on its way alone. */
function waysOf(type: GraphQLInputType, seen: readonly string[] = []): Way[] {
  if (isNonNullType(type)) return waysOf(type.ofType, seen);
  if (isListType(type)) return waysOf(type.ofType, seen).map((way) => ['[]', ...way]);
  if (isEnumType(type)) return [];
  if (isInputObjectType(type)) {
    if (seen.includes(type.name)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      waysOf(field.type, [...seen, type.name]).map((way) => [field.name, ...way]),
    );
  }
  return ['Boolean', 'Int', 'Float'].includes(type.name) ? [] : [[]];
}

/** The least that a type takes, with the text at the end of the way; `way` null: the text is not in here. */
function build(type: GraphQLInputType, way: Way | null, text: string, name: string, known: Known): unknown {
  if (isNonNullType(type)) return build(type.ofType, way, text, name, known);
  if (isListType(type)) return way === null ? [] : [build(type.ofType, way.slice(1), text, name, known)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || field.name === way?.[0],
    );
    return Object.fromEntries(
      fields.map((field) => [
        field.name,
        build(field.type, field.name === way?.[0] ? way.slice(1) : null, text, field.name, known),
      ]),
    );
  }
  if (type.name === 'Boolean') return false;
  if (type.name === 'Int' || type.name === 'Float') return 1;
  return way === null ? (known[name] ?? 'fine') : text;
}

function documentOf(field: GraphQLField<unknown, unknown>, root: string, names: ReadonlySet<string>): string {
  const args = field.args.filter(({ name }) => names.has(name));
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
  return `${root}${declared && `(${declared})`} { ${field.name}${given && `(${given})`}${selection} }`;
}

it('no text breaks a query or a mutation, wherever it stands: each is taken, or refused with words', async () => {
  const instanceId = await insertInstance(world.database, { name: 'fine' });
  const imageId = await insertImage(world.database, { name: 'fine', sourceInstanceId: instanceId });
  const known = { instanceId, imageId, id: instanceId, timeZone: 'UTC', at: '2099-01-01T00:00:00Z' };
  const broken: string[] = [];
  let tried = 0;
  for (const [root, type] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      for (const tryOut of field.args) {
        const names = new Set(
          field.args.filter((one) => isNonNullType(one.type) || one === tryOut).map(({ name }) => name),
        );
        const document = documentOf(field, root, names);
        for (const way of waysOf(tryOut.type)) {
          const answers = TEXTS.map(async (text) => {
            const variables = Object.fromEntries(
              field.args.flatMap((one) =>
                names.has(one.name)
                  ? [[one.name, build(one.type, one === tryOut ? way : null, text, one.name, known)]]
                  : [],
              ),
            );
            const before = world.lines.length;
            const answer = await world.root(document, variables);
            tried += 1;
            const isBroken = codes(answer).some((code) => code === 'INTERNAL') || answer.status >= 500;
            // Nothing here asks the platform or the store: a text that came so far was taken.
            const isTaken = world.lines.slice(before).some((line) => line.includes('was asked for'));
            if (isBroken && !isTaken) {
              broken.push(`${field.name} ${[tryOut.name, ...way].join('.')}: ${JSON.stringify(text.slice(0, 30))}`);
            }
          });
          await Promise.all(answers);
        }
      }
    }
  }
  expect(broken).toEqual([]);
  expect(tried).toBeGreaterThan(3_000);
});
