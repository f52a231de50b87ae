import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createListener, type Listener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const log = createLogger('silent');
let cms: TestDatabase;
let proxy: TcpProxy;
let listener: Listener;
let heard: (string | null)[];

beforeAll(async () => {
  cms = await createTestDatabase();
});
afterAll(() => cms.stop());
beforeEach(async () => {
  proxy = await startTcpProxy(cms.url);
  heard = [];
  listener = createListener({ url: proxy.through(cms.url), log, heartbeatMs: 100, heartbeatTimeoutMs: 200 });
  listener.subscribe('toygres_work', (payload) => heard.push(payload));
});
afterEach(async () => {
  await listener.stop();
  await proxy.stop();
});

const notify = (payload: string) => cms.database.orm.execute(sql`SELECT pg_notify('toygres_work', ${payload})`);

describe('the listener', () => {
  it('tells its subscribers to look when it has connected, then passes payloads on in order', async () => {
    await listener.start();
    for (const payload of ['a', 'b', 'c']) await notify(payload);
    await expect.poll(() => heard).toEqual([null, 'a', 'b', 'c']);
  });

  it('listens to what is followed, also from later on, and to nothing else', async () => {
    await listener.start();
    const events: (string | null)[] = [];
    const send = (payload: string) => cms.database.orm.execute(sql`SELECT pg_notify('toygres_events', ${payload})`);
    await send('nobody follows');
    listener.subscribe('toygres_events', (payload) => events.push(payload));
    await expect.poll(() => events).toEqual([null]);
    await send('followed');
    await expect.poll(() => events).toEqual([null, 'followed']);
    await cms.database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
    await expect.poll(() => events).toEqual([null, 'followed', null]);
    await send('after');
    await expect.poll(() => events).toEqual([null, 'followed', null, 'after']);
    expect(heard).toEqual([null, null]);
  });

  it('connects anew after a connection that was ended, and tells its subscribers to look again', async () => {
    await listener.start();
    await cms.database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
    await expect.poll(() => heard).toEqual([null, null]);
    await notify('after');
    await expect.poll(() => heard).toEqual([null, null, 'after']);
  });

  it('notices a connection over which nothing comes any more though nobody ended it', async () => {
    await listener.start();
    const before = listener.backendPid;
    proxy.freeze();
    await expect.poll(() => listener.backendPid).toBeNull();
    await notify('lost');
    await proxy.restore();
    await expect.poll(() => heard.filter((payload) => payload === null).length).toBeGreaterThanOrEqual(2);
    expect(listener.backendPid).not.toBe(before);
    await notify('after');
    await expect.poll(() => heard).toContain('after');
  });

  it('starts without a server and connects when it is there', async () => {
    await proxy.cut();
    await listener.start();
    expect(heard).toEqual([]);
    await proxy.restore();
    await expect.poll(() => heard).toEqual([null]);
  });

  it('stops while it is connecting, frozen or connected, and again, leaving no timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await proxy.cut();
    await listener.start();
    await listener.stop();
    await listener.stop();
    await proxy.restore();
    const frozen = createListener({ url: proxy.through(cms.url), log, heartbeatMs: 50, heartbeatTimeoutMs: 200 });
    await frozen.start();
    proxy.freeze();
    await frozen.stop();
    await expect.poll(timers).toBeLessThanOrEqual(before);
  });

  it('lets one handler that fails disturb no other', async () => {
    const failing = listener.subscribe('toygres_work', () => {
      throw new Error('a fault of the subscriber');
    });
    const second: (string | null)[] = [];
    const leave = listener.subscribe('toygres_work', (payload) => second.push(payload));
    await listener.start();
    await notify('x');
    await expect.poll(() => second).toEqual([null, 'x']);
    failing();
    leave();
    leave();
    expect(listener.subscribers).toBe(1);
  });
});
