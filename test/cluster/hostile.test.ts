import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { listEverything } from '../support/cluster-objects.ts';
import { eventually } from '../support/eventually.ts';
import { HOSTILE_TEXTS, randomTexts } from '../support/hostile-texts.ts';
import { DONE } from '../support/job-bench.ts';
import { collect, jobSpec, untilEnd } from '../support/platform-specs.ts';

/** What means something to Kubernetes, YAML, JSON or a shell. */
const SIGNS = '$(){}[]"\'\\%&*!|>:#@`~;,. \n\t-?=aé☃0';

let namespace: TestNamespace;
let platform: KubernetesPlatform;
let found: readonly string[];

beforeAll(async () => {
  namespace = await createTestNamespace();
  platform = await namespace.open();
  // What every namespace is given comes a moment later.
  const untilGiven = async () => listEverything(namespace);
  found = await eventually(untilGiven, (all) =>
    ['configmaps', 'serviceaccounts'].every((kind) => all.join().includes(kind)),
  );
});

afterAll(() => namespace?.stop());

const sum = (text: string) => createHash('sha256').update(text).digest('hex');

test('parameters and secrets reach a job as they are, whatever they hold', async () => {
  const texts = [...HOSTILE_TEXTS, '$(HOME)', '$$(HOME)', '$(PROGRAM)', ...randomTexts(SIGNS, 40, 60)];
  // A NUL cannot stand in an environment, and a lone half of a character in no text; both are refused elsewhere.
  const sendable = texts.filter((text) => !text.includes('\0') && text.isWellFormed());
  const names = sendable.map((_, index) => `TEXT_${index}`);
  const spec = {
    ...jobSpec(
      `for ((i = 0; i < ${sendable.length}; i++)); do name=TEXT_$i
         printf '%s' "\${!name}" | sha256sum; sha256sum <"$TOYGRES_SECRETS_DIR/text-$i"; done
       ${DONE}`,
    ),
    namespace: namespace.name,
    secrets: Object.fromEntries(sendable.map((text, index) => [`text-${index}`, text])),
  };
  const withTexts = {
    ...spec,
    parameters: {
      ...spec.parameters,
      ...Object.fromEntries(names.map((name, index) => [name, sendable[index] ?? ''])),
    },
  };
  await platform.ensureJob(withTexts);
  const lines = await collect(platform.followJobLogs(spec, untilEnd()));
  expect(lines.map(({ text }) => text)).toEqual(sendable.flatMap((text) => [`${sum(text)}  -`, `${sum(text)}  -`]));
  await platform.removeJob(spec);
});

test('names that are none reach no object: they are refused, and nothing is made', async () => {
  const refused = [
    '',
    '../../default/secrets/x',
    'a/b',
    'a?b',
    'a b',
    'a\n',
    'A',
    '.',
    '..',
    '%2e%2e',
    'a'.repeat(300),
  ];
  for (const name of refused) {
    const spec = { ...jobSpec(DONE, { name }), namespace: namespace.name };
    await expect(platform.ensureJob(spec), JSON.stringify(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  }
  expect(await listEverything(namespace)).toEqual(found);
});
