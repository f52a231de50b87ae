import { expect, test } from 'vitest';
import { readOwn, readPeer } from '../../../bench/api/page-query.ts';
import { countLines } from '../../../bench/logs/line-counter.ts';

const own = (state: string, createdAt = '2026-03-01T09:30:00.120Z') => ({
  instances: {
    nodes: [
      {
        id: 'i',
        createdAt,
        labels: [
          { key: 'a', value: '1' },
          { key: 'b', value: '2' },
        ],
        images: { nodes: [{ id: 'm', sizeBytes: 7, createdAt: null }] },
        operations: { nodes: [{ id: 'o', state, steps: [{ name: 's', startedAt: null }], jobs: [{ id: 'j' }] }] },
      },
    ],
  },
});
const peer = {
  allInstances: {
    nodes: [
      {
        rowId: 'i',
        createdAt: '2026-03-01T09:30:00.12+00:00',
        labels: { b: '2', a: '1' },
        imagesBySourceInstanceId: { nodes: [{ rowId: 'm', sizeBytes: '7', createdAt: null }] },
        operationsByInstanceId: {
          nodes: [
            {
              rowId: 'o',
              state: 'FAILED',
              operationStepsByOperationId: { nodes: [{ name: 's', startedAt: null }] },
              jobsByOperationId: { nodes: [{ rowId: 'j' }] },
            },
          ],
        },
      },
    ],
  },
};

test('two answers are the same where they say the same, whatever they call it', () => {
  expect(readOwn(own('FAILED'))).toEqual(readPeer(peer));
  expect(readOwn(own('SUCCEEDED'))).not.toEqual(readPeer(peer));
  expect(readOwn(own('FAILED', '2026-03-01T09:30:00.121Z'))).not.toEqual(readPeer(peer));
});

test('a follower that misses a line, or gets one twice, is told', () => {
  const message = (...lines: number[]) =>
    Buffer.from(JSON.stringify({ payload: { data: { jobLogBatches: lines.map((line) => ({ line, text: 'x' })) } } }));
  const counter = countLines(2);
  counter.onMessage(message(1, 2, 3), 0);
  counter.onMessage(Buffer.from('{"type":"complete"}'), 0);
  counter.onMessage(message(4), 0);
  counter.onMessage(message(1), 1);
  expect([counter.lines, counter.messages, counter.fault]).toEqual([[4, 1], 3, null]);
  counter.onMessage(message(3, 4), 1);
  expect(counter.fault).toBe('follower 1 had 1 lines and got line 3 next');
  const other = countLines(1);
  other.onMessage(message(1, 2), 0);
  other.onMessage(message(2, 3), 0);
  expect(other.fault).toBe('follower 0 had 2 lines and got line 2 next');
  const refused = countLines(1);
  refused.onMessage(Buffer.from('{"id":"1","type":"error","payload":[]}'), 0);
  expect(refused.fault).toContain('"type":"error"');
});
