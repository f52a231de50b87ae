import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../schema/errors.ts';
import { createLogger } from '../../../../src/log/logger.ts';
import type { KubernetesApi } from '../../../../src/platform/kubernetes/cluster/api.ts';
import { translateAnswer } from '../../../../src/platform/kubernetes/cluster/errors.ts';
import { createInformer, type Informer } from '../../../../src/platform/kubernetes/cluster/informer.ts';
import type { ConfigMap } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import { eventually } from '../../../support/eventually.ts';

type Event = { type: string; object: unknown };

/** A configuration as the server has it, of a name, at a version. */
const object = (name: string, resourceVersion: string, uid = `uid-${name}`): ConfigMap => ({
  metadata: { name, uid, resourceVersion, namespace: 'n' },
});
const gone: Event = { type: 'ERROR', object: { code: 410, metadata: {} } };
const away = new AppError('UNAVAILABLE', 'The API server does not answer.');
const tooOld = translateAnswer('Watching', { status: 410, reason: 'Expired', message: '', causes: [] });

/** A server that holds what it is told and ends watches when it is told to. */
function createServer(items: readonly ConfigMap[], version = '10') {
  const state = { items, version, isAway: false, refusal: null as unknown };
  const asked = { lists: 0, watches: [] as string[] };
  let send: ((event: Event | null | Error) => void) | null = null;
  const api = {
    list: async () => {
      asked.lists += 1;
      if (state.isAway) throw away;
      return { items: state.items, resourceVersion: state.version };
    },
    stream: async (_what, _path, { resourceVersion }, { signal }) => {
      asked.watches.push(String(resourceVersion));
      if (state.isAway) throw away;
      if (state.refusal !== null) {
        const refusal = state.refusal;
        state.refusal = null;
        throw refusal;
      }
      const waiting: (Event | null | Error)[] = [];
      let wake = Promise.withResolvers<void>();
      send = (event) => {
        waiting.push(event);
        wake.resolve();
      };
      signal.addEventListener('abort', () => send?.(null));
      return (async function* () {
        for (;;) {
          const next = waiting.shift();
          if (next === undefined) {
            await wake.promise;
            wake = Promise.withResolvers();
          } else if (next === null) return;
          else if (next instanceof Error) throw next;
          else yield Buffer.from(`${JSON.stringify(next)}\n`);
        }
      })();
    },
  } as Pick<KubernetesApi, 'list' | 'stream'> as KubernetesApi;
  return {
    api,
    state,
    asked,
    /** An event; null ends the watch in good order, an error cuts it. */
    send: (event: Event | null | Error) => send?.(event),
    untilWatched: (times: number) =>
      eventually(
        async () => asked.watches.length,
        (watches) => watches >= times,
      ),
  };
}

const informers: Informer<ConfigMap>[] = [];
afterEach(async () => {
  for (const informer of informers.splice(0)) await informer.stop();
});

function watch(server: ReturnType<typeof createServer>): Informer<ConfigMap> {
  const informer = createInformer(server.api, 'ConfigMap', 'n', createLogger('silent'));
  informers.push(informer);
  return informer;
}
const versionsOf = async (informer: Informer<ConfigMap>) =>
  Object.fromEntries([...(await informer.read())].map(([name, { metadata }]) => [name, metadata.resourceVersion]));
const until = (informer: Informer<ConfigMap>, expected: Record<string, string>) =>
  eventually(
    () => versionsOf(informer),
    (found) => JSON.stringify(found) === JSON.stringify(expected),
  );

describe('what is watched', () => {
  test('is listed once and watched from there, however often it is asked for', async () => {
    const server = createServer([object('a', '5')]);
    const informer = watch(server);
    for (let times = 0; times < 50; times += 1) expect(await versionsOf(informer)).toEqual({ a: '5' });
    await server.untilWatched(1);
    expect(server.asked).toEqual({ lists: 1, watches: ['10'] });
  });

  test('follows what is made, changed and removed, and tells whoever listens', async () => {
    const server = createServer([object('a', '5')]);
    const informer = watch(server);
    await informer.read();
    await server.untilWatched(1);
    let changes = 0;
    informer.onChange(() => {
      changes += 1;
    });
    server.send({ type: 'ADDED', object: object('b', '11') });
    server.send({ type: 'MODIFIED', object: object('a', '12') });
    await until(informer, { a: '12', b: '11' });
    server.send({ type: 'DELETED', object: object('a', '13') });
    await until(informer, { b: '11' });
    expect(changes).toBe(3);
  });

  test('is taken up where it was when the connection is cut or ended, without another list', async () => {
    const server = createServer([]);
    const informer = watch(server);
    await informer.read();
    await server.untilWatched(1);
    server.send({ type: 'ADDED', object: object('a', '11') });
    server.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '20' } } });
    await until(informer, { a: '11' });
    server.send(new Error('other side closed'));
    await server.untilWatched(2);
    server.send({ type: 'ADDED', object: object('b', '21') });
    await until(informer, { a: '11', b: '21' });
    await delay(300);
    server.send(null);
    await server.untilWatched(3);
    expect(server.asked).toEqual({ lists: 1, watches: ['10', '20', '21'] });
  });

  test.each([
    ['as the answer', 'answer'],
    ['as an event', 'event'],
  ])(
    'is listed anew when the server has forgotten that version, said %s: what went meanwhile is gone',
    async (_, how) => {
      const server = createServer([object('a', '5'), object('b', '6')]);
      const informer = watch(server);
      await informer.read();
      await server.untilWatched(1);
      Object.assign(server.state, { items: [object('b', '40'), object('c', '41')], version: '50' });
      if (how === 'answer') server.state.refusal = tooOld;
      server.send(how === 'answer' ? new Error('cut') : gone);
      await until(informer, { b: '40', c: '41' });
      await server.untilWatched(how === 'answer' ? 3 : 2);
      expect(server.asked.watches.at(-1)).toBe('50');
      expect(server.asked.lists).toBe(2);
    },
  );

  test('is UNAVAILABLE while the server is away, and right again when it is back', async () => {
    const server = createServer([object('a', '5')]);
    const informer = watch(server);
    await informer.read();
    await server.untilWatched(1);
    server.state.isAway = true;
    server.send(new Error('connection reset'));
    await expect(
      eventually(
        () =>
          informer
            .read()
            .then(() => null)
            .catch((error: unknown) => error),
        (error) => error !== null,
      ),
    ).resolves.toMatchObject({ code: 'UNAVAILABLE' });
    Object.assign(server.state, { isAway: false, items: [object('a', '60')], version: '61' });
    await until(informer, { a: '60' });
  });

  test('that ends as soon as it begins is not begun over and over', async () => {
    const server = createServer([]);
    const informer = watch(server);
    await informer.read();
    const timer = setInterval(() => server.send(null), 1);
    await delay(1_000);
    clearInterval(timer);
    expect(server.asked.watches.length).toBeLessThan(8);
  });

  test('knows what a write answered at once, and an older event does not take it back', async () => {
    const server = createServer([object('a', '5')]);
    const informer = watch(server);
    await informer.read();
    await server.untilWatched(1);
    informer.put(object('a', '30'));
    expect(await versionsOf(informer)).toEqual({ a: '30' });
    server.send({ type: 'MODIFIED', object: object('a', '12') });
    server.send({ type: 'ADDED', object: object('b', '31') });
    await until(informer, { a: '30', b: '31' });
    // Another object of that name, made after the first was removed: its end is not the end of the second.
    server.send({ type: 'ADDED', object: object('a', '33', 'another') });
    server.send({ type: 'DELETED', object: object('a', '32') });
    server.send({ type: 'ADDED', object: object('c', '34') });
    await until(informer, { a: '33', b: '31', c: '34' });
  });

  test('that cannot even be listed says why at once, and is tried again at the next look', async () => {
    const server = createServer([object('a', '5')]);
    server.state.isAway = true;
    const informer = watch(server);
    await expect(informer.read()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    server.state.isAway = false;
    expect(await versionsOf(informer)).toEqual({ a: '5' });
  });
});
