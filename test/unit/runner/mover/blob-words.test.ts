import { expect, it } from 'vitest';
import { JobFailure } from '../../../../src/runner/attempt/failure.ts';
import { describeStoreError } from '../../../../src/runner/mover/streams/blob-words.ts';

const refusal = (code: string, statusCode: number) =>
  Object.assign(new Error('raw words\nof it'), { code, statusCode });

it.each([
  ['BlobImmutableDueToPolicy', 409, /^the blob store refused packs\/1: BlobImmutableDueToPolicy: a retention policy/],
  ['LeaseIdMissing', 412, /somebody holds a lease/],
  ['BlobArchived', 409, /archive tier.*up to 15 hours/],
  ['AccountIsDisabled', 403, /switched off/],
  ['SomethingNew', 418, /^the blob store refused packs\/1: SomethingNew: raw words$/],
])('a refusal of the store is told in words by a job, too: %s', (code, statusCode, words) => {
  expect(describeStoreError(refusal(code, statusCode), 'packs/1').message).toMatch(words);
});

it('what has words already stays, and what never answered says so', () => {
  const failure = new JobFailure('the image is damaged: missing a');
  expect(describeStoreError(failure, 'a')).toBe(failure);
  const lost = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
  expect(describeStoreError(lost, 'a').message).toBe('the blob store does not answer: ECONNREFUSED connect failed');
});
