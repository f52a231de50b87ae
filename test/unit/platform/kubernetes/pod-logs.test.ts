import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { KubernetesApi } from '../../../../src/platform/kubernetes/cluster/api.ts';
import { translateAnswer } from '../../../../src/platform/kubernetes/cluster/errors.ts';
import { followPodLog } from '../../../../src/platform/kubernetes/servers/pod-logs.ts';

/** So many lines, of which several have the same time, as a container that writes quickly has them. */
const LOG = Array.from({ length: 40 }, (_, index) => {
  const stamp = `2026-01-01T00:00:0${Math.floor(index / 15)}.${String(Math.floor(index / 4)).padStart(9, '0')}Z`;
  return `${stamp} line ${index + 1}`;
});
const WHOLE = LOG.map((line) => line.slice(31));

/** How one connection ends: after so many bytes, orderly or not. */
interface Cut {
  readonly bytes: number;
  readonly orderly: boolean;
}

/** A server that gives the log from the second asked for, and ends each connection as the next of the cuts says. */
function serverOf(cuts: readonly Cut[], refusal: unknown = null) {
  const left = [...cuts];
  let calls = 0;
  const stream: KubernetesApi['stream'] = async (_what, _path, { sinceTime }) => {
    calls += 1;
    if (refusal !== null) throw refusal;
    const from = typeof sinceTime === 'string' ? sinceTime.slice(0, 19) : '';
    const bytes = Buffer.from(
      LOG.filter((line) => line.slice(0, 19) >= from)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const cut = left.shift();
    return Readable.from(
      (async function* () {
        yield bytes.subarray(0, cut?.bytes ?? bytes.length);
        if (cut !== undefined && !cut.orderly) throw new Error('other side closed');
      })(),
    );
  };
  return {
    api: { server: 'https://cluster', stream } as KubernetesApi,
    isCut: () => left.length > 0,
    calls: () => calls,
  };
}

async function follow(server: ReturnType<typeof serverOf>, followed = true): Promise<string[]> {
  const options = { namespace: 'n', pod: 'p', container: 'c', signal: new AbortController().signal };
  const lines: string[] = [];
  // It is over when no more cuts are planned: what is read then is read to its end.
  const isOver = async () => !server.isCut();
  for await (const { text } of followPodLog(server.api, { ...options, follow: followed, isOver })) lines.push(text);
  return lines;
}

test.concurrent.each([
  ['cut between two lines', [{ bytes: 39 * 10, orderly: false }]],
  ['cut within a line', [{ bytes: 39 * 7 + 20, orderly: false }]],
  ['ended in good order within a line', [{ bytes: 39 * 7 + 33, orderly: true }]],
  ['cut at once', [{ bytes: 0, orderly: false }]],
  ['cut in the middle of one moment, again and again', [5, 6, 7].map((n) => ({ bytes: n * 39, orderly: n === 6 }))],
] satisfies [string, Cut[]][])('a log whose connection is %s has every line once', async (_how, cuts) => {
  expect(await follow(serverOf(cuts))).toEqual(WHOLE);
});

test('a refusal ends it with its words, however long it would be followed', async () => {
  const answer = {
    status: 403,
    reason: 'Forbidden',
    message: 'User "u" cannot get resource "pods/log" in API group "" in the namespace "n"',
    causes: [],
  };
  const server = serverOf([{ bytes: 0, orderly: true }], translateAnswer('Reading the log of p', answer));
  await expect(follow(server)).rejects.toThrow('add the verb get on pods/log to its Role');
  expect(server.calls()).toBe(1);
});

test('who does not follow is told of a connection that was cut', async () => {
  const server = serverOf([{ bytes: 100, orderly: false }]);
  await expect(follow(server, false)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
