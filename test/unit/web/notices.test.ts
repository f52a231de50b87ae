import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, getNamedType, isObjectType, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { noticesIn } from '../../../web/src/api/noted.ts';
import { ROOT, readSourceFiles } from '../../support/source-files.ts';

const schema = buildSchema(readFileSync(path.join(ROOT, 'schema/schema.graphql'), 'utf8'));

/** The mutations whose answers have notices. */
const NOTED = Object.values(schema.getMutationType()?.getFields() ?? {})
  .filter(({ type }) => {
    const payload = getNamedType(type);
    return isObjectType(payload) && 'notices' in payload.getFields();
  })
  .map(({ name }) => name);

interface Sent {
  /** Of the document. */
  readonly name: string;
  readonly mutations: readonly { readonly field: string; readonly asks: readonly string[] }[];
}

function mutationsIn(document: string): readonly Sent[] {
  return parse(document)
    .definitions.filter((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION)
    .filter(({ operation }) => operation === 'mutation')
    .map(({ name, selectionSet }) => ({
      name: name?.value ?? '',
      mutations: selectionSet.selections.flatMap((one) =>
        one.kind !== Kind.FIELD
          ? []
          : [
              {
                field: one.name.value,
                asks: (one.selectionSet?.selections ?? []).flatMap((asked) =>
                  asked.kind === Kind.FIELD ? [asked.name.value] : [],
                ),
              },
            ],
      ),
    }));
}

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'web/**/*.graphql'], {
  cwd: ROOT,
  encoding: 'utf8',
});
const OF_CONSOLE = listed
  .split('\n')
  .filter((file) => file !== '')
  .flatMap((file) => mutationsIn(readFileSync(path.join(ROOT, file), 'utf8')));

const OF_PROGRAMS = readSourceFiles()
  .filter(({ path: file }) => /^src\/(cli|client)\//.test(file) && !file.includes('/generated/'))
  .flatMap(({ text }) => [...text.matchAll(/graphql\(`([^`]*)`\)/g)].map((match) => match[1] ?? ''))
  .flatMap(mutationsIn);

test.each([
  ['the console', OF_CONSOLE],
  ['toygres and its client', OF_PROGRAMS],
])('%s asks for the notices of every mutation that has some', (_, sent) => {
  const mutations = sent.flatMap((one) => one.mutations).filter(({ field }) => NOTED.includes(field));
  expect(new Set(mutations.map(({ field }) => field))).toEqual(new Set(NOTED));
  expect(mutations.filter(({ asks }) => !asks.includes('notices'))).toEqual([]);
});

test('the console sends every mutation in the way that shows its notices', () => {
  const documents = OF_CONSOLE.map(({ name }) => `${name}Document`);
  const past = readSourceFiles()
    .filter(({ path: file }) => /^web\/src\/(?!generated)/.test(file))
    .flatMap(({ path: file, text }) =>
      [...text.matchAll(/(?<!sendMutation)\(\s*(\w+Document)\b/g)]
        .filter(([, name]) => documents.includes(name ?? ''))
        .filter((match) => !/useAction$/.test(text.slice(0, match.index)))
        .map(([, name]) => `${file}: ${name}`),
    );
  expect(past).toEqual([]);
});

test('the notices of an answer are those of its payloads', () => {
  expect(noticesIn({ revokeApiToken: { apiToken: {}, notices: ['one'] }, updateImage: { image: {} } })).toEqual([
    'one',
  ]);
  expect(noticesIn(null)).toEqual([]);
});
