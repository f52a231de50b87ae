import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilUp } from '../../../src/app/until-up.ts';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { captureLog } from '../../support/capture-log.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

describe('a start', () => {
  let cms: TestDatabase;
  let proxy: TcpProxy;
  const { log, messages } = captureLog();
  const what = 'the database of records';
  beforeEach(async () => {
    messages.length = 0;
    cms = await createTestDatabase();
    proxy = await startTcpProxy(cms.url);
  });
  afterEach(async () => {
    await proxy.stop();
    await cms.stop();
  });

  it('waits for a database that is not up yet, and says so once', async () => {
    await proxy.cut();
    let tries = 0;
    const started = untilUp(
      async () => {
        tries += 1;
        if (tries === 3) await proxy.restore();
        await migrateDatabase(proxy.through(cms.url));
      },
      { what, waitMs: 60_000, log },
    );
    await started;
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(messages.filter((message) => message.includes('waiting for the database of records'))).toHaveLength(1);
  });

  it('ends with the reason when the time is over', async () => {
    await proxy.cut();
    await expect(
      untilUp(() => migrateDatabase(proxy.through(cms.url)), { what, waitMs: 300, log }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('cannot be used') });
  });

  it('hears that it is to stop while it waits, however long that would be', async () => {
    await proxy.cut();
    const stop = new AbortController();
    const started = untilUp(() => migrateDatabase(proxy.through(cms.url)), {
      what,
      waitMs: 3_600_000,
      log,
      signal: stop.signal,
    });
    const ended = expect(started).rejects.toThrow('told to stop');
    await expect.poll(() => messages.some((message) => message.includes('waiting for'))).toBe(true);
    stop.abort(new Error('told to stop'));
    await ended;
  });

  it('does not wait for what waiting does not mend', async () => {
    const wrong = new URL(cms.url);
    wrong.password = 'wrong';
    let tries = 0;
    const refused = untilUp(
      () => {
        tries += 1;
        return migrateDatabase(wrong.href);
      },
      { what, waitMs: 60_000, log },
    );
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('password authentication failed') });
    expect({ tries, said: messages }).toEqual({ tries: 1, said: [] });
  });
});
