import { describe, expect, it } from 'vitest';
import { createToldRecords } from '../../../web/src/api/told.ts';

const answer = { instance: { id: 'a', labels: ['tier'], size: 1 }, images: [{ id: 'b', state: 'CREATING' }] };

describe('an answer that was on its way when something was told', () => {
  it('has what was told of its records since it was asked for, and nothing of before', () => {
    const told = createToldRecords();
    told.note({ id: 'b', state: 'CREATING or so' }, 5);
    told.note({ id: 'a', labels: [] }, 20);
    expect(told.update(answer, 10)).toEqual({ ...answer, instance: { id: 'a', labels: [], size: 1 } });
    expect(told.update(answer, 21)).toBe(answer);
  });

  it('has what was told last', () => {
    const told = createToldRecords();
    told.note({ id: 'b', state: 'UPLOADING' }, 11);
    told.note({ id: 'b', state: 'AVAILABLE' }, 12);
    expect(told.update(answer, 10).images).toEqual([{ id: 'b', state: 'AVAILABLE' }]);
  });

  it('stays as it is where it is the younger one', () => {
    const told = createToldRecords();
    told.note({ id: 'a', size: 2, updatedAt: '2026-01-01T00:00:01.000Z' }, 20);
    const younger = { instance: { id: 'a', size: 3, updatedAt: '2026-01-01T00:00:02.000Z' } };
    expect(told.update(younger, 10)).toBe(younger);
    const older = { instance: { id: 'a', size: 1, updatedAt: '2026-01-01T00:00:00.000Z' } };
    expect(told.update(older, 10).instance.size).toBe(2);
  });

  it('forgets who was told of long ago', () => {
    const told = createToldRecords();
    told.note({ id: 'a', size: 2 }, 20);
    for (let index = 0; index < 500; index += 1) told.note({ id: `other-${index}` }, 21);
    expect(told.update(answer, 10)).toBe(answer);
  });
});
