import { expect, it } from 'vitest';
import { ROOT_RULES } from '../../../resolvers/access/rules.ts';
import { readSourceFiles } from '../../support/source-files.ts';

/** Names that are no words of their own: `createImage`, not `login`. */
const MUTATIONS = Object.keys(ROOT_RULES).flatMap((name) => /^Mutation\.([a-z]+[A-Z]\w*)$/.exec(name)?.[1] ?? []);
const NAMED = new RegExp(`\\b(${MUTATIONS.join('|')})\\b`);
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const TEXT = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

it('messages say what to do in words, since people read them too, who do not know what the API calls it', () => {
  // The command line has documents of its own, and what the API describes is for programs.
  const files = readSourceFiles().filter(
    ({ path }) =>
      /^(src|jobs)\//.test(path) &&
      !/^src\/(cli|client|api)\//.test(path) &&
      // Told to programs: those that send keys, and that ask for what the console lets nobody ask for.
      !/\/(commands\/repeat-notice|servers\/require-unprotected|images\/require-unprotected-image)\.ts$/.test(path),
  );
  expect([files.length > 300, MUTATIONS.length > 20]).toEqual([true, true]);
  const named = files.flatMap(({ path, text }) =>
    (text.replaceAll(COMMENT, '').match(TEXT) ?? [])
      .filter((one) => /\w \w/.test(one) && NAMED.test(one))
      .map((one) => `${path}: ${one}`),
  );
  expect(named).toEqual([]);
});
