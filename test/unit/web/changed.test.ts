import { describe, expect, it } from 'vitest';
import { type ChangedRecord, createJudge, type KeptAnswer } from '../../../web/src/api/changed.ts';

const operation = (state: string, percent: number, on: Readonly<Record<string, unknown>> = {}): ChangedRecord => ({
  id: 'o',
  state,
  percent,
  ...on,
});
const list = (...nodes: readonly unknown[]): KeptAnswer => ({
  data: { operations: { nodes } },
  nouns: ['operation'],
});

describe('what a change does to the answers that are kept', () => {
  it('asks again for a list without an operation when that is new or in another state, and not as it goes on', () => {
    const judge = createJudge();
    const told = [
      operation('QUEUED', 0),
      operation('RUNNING', 0),
      operation('RUNNING', 1),
      operation('RUNNING', 40),
      operation('SUCCEEDED', 100),
    ];
    const asked = told.map((record) => judge('operation', record)(list({ id: 'other' })).isOld);
    expect(asked).toEqual([true, true, false, false, true]);
  });

  it('puts what goes on into lists that have it, and asks again where its state moved', () => {
    const judge = createJudge();
    const known = list(operation('RUNNING', 1));
    expect(judge('operation', operation('RUNNING', 2))(known)).toEqual({
      data: { operations: { nodes: [operation('RUNNING', 2)] } },
      isOld: false,
    });
    expect(judge('operation', operation('FAILED', 2))(known).isOld).toBe(true);
  });

  it('leaves answers about one record as they are, whatever becomes of others', () => {
    const page = (about: string): KeptAnswer => ({ data: { instance: { id: about } }, nouns: ['operation'], about });
    const effect = createJudge()('operation', operation('QUEUED', 0, { instance: { id: 'shop' } }));
    expect([effect(page('shop')).isOld, effect(page('other')).isOld]).toEqual([true, false]);
    const image = { id: 'i', state: 'AVAILABLE', sourceInstance: { id: 'shop' } };
    const ofImage = createJudge()('image', image);
    const both = ['shop', 'other'].map((about) => ofImage({ ...page(about), nouns: ['image'] }).isOld);
    expect(both).toEqual([true, false]);
  });

  it('asks again at each change of what has things that are worked out elsewhere, and never for a noun that does not matter', () => {
    const judge = createJudge();
    const answer: KeptAnswer = { data: { instances: { nodes: [{ id: 'i', name: 'a' }] } }, nouns: ['instance'] };
    const record = { id: 'i', name: 'a' };
    expect([judge('instance', record)(answer).isOld, judge('instance', record)(answer).isOld]).toEqual([true, true]);
    expect(judge('alert', { id: 'x' })(answer)).toEqual({ data: answer.data, isOld: false });
  });

  it('remembers no more than it must', () => {
    const judge = createJudge();
    const isOld = (id: string) => judge('operation', { id, state: 'RUNNING' })(list()).isOld;
    isOld('first');
    for (let n = 0; n < 2_000; n++) isOld(`${n}`);
    expect([isOld('1999'), isOld('first')]).toEqual([false, true]);
  });
});
