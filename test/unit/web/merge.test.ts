import { describe, expect, it } from 'vitest';
import { mergeRecord } from '../../../web/src/api/merge.ts';

const page = {
  operations: {
    totalCount: 2,
    nodes: [
      { id: 'a', state: 'RUNNING', percent: 10, instance: { id: 'i', name: 'orders', state: 'CREATING' } },
      { id: 'b', state: 'QUEUED', percent: 0, instance: null },
    ],
  },
};

describe('mergeRecord', () => {
  it('puts what changed where the record stands, leaves the rest as it is, and changes no answer in place', () => {
    const merged = mergeRecord(page, { id: 'a', state: 'RUNNING', percent: 40, requestedBy: 'eve' });
    expect(merged).toMatchObject({ found: true, moved: false });
    const { operations } = merged.data as typeof page;
    expect(operations.nodes[0]).toEqual({ ...page.operations.nodes[0], percent: 40 });
    expect(operations.nodes[1]).toBe(page.operations.nodes[1]);
    expect(page.operations.nodes[0]?.percent).toBe(10);
  });

  it('finds records within others, and says whether a state moved', () => {
    const merged = mergeRecord(page, { id: 'i', state: 'RUNNING' });
    expect(merged).toMatchObject({ found: true, moved: true });
    expect((merged.data as typeof page).operations.nodes[0]?.instance).toEqual({
      id: 'i',
      name: 'orders',
      state: 'RUNNING',
    });
  });

  it('answers with the same object where nothing is new', () => {
    expect(mergeRecord(page, { id: 'c', state: 'RUNNING' })).toEqual({ data: page, found: false, moved: false });
    expect(mergeRecord(page, { id: 'a', percent: 10 }).data).toBe(page);
    expect(mergeRecord(undefined, { id: 'a' }).data).toBeUndefined();
  });

  it('keeps fields of a record within it that the news does not have', () => {
    const data = { image: { id: 'x', sourceInstance: { id: 'i', name: 'orders', health: 'HEALTHY' } } };
    const merged = mergeRecord(data, { id: 'x', sourceInstance: { id: 'i', name: 'renamed' } });
    expect(merged.data).toEqual({
      image: { id: 'x', sourceInstance: { id: 'i', name: 'renamed', health: 'HEALTHY' } },
    });
  });
});
