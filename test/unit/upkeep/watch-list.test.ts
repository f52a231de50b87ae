import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import type { WatchedInstance } from '../../../src/stores/upkeep/health.ts';
import type { Verdict } from '../../../src/upkeep/health/check-server.ts';
import { followOutage } from '../../../src/upkeep/health/outages.ts';
import { createWatchList, type Watched } from '../../../src/upkeep/health/watch-list.ts';

function instance(id: string, port = Number(id) + 1000): WatchedInstance {
  return {
    id,
    name: id,
    namespace: 'test',
    resourceName: `r-${id}`,
    imageType: 'STOCK',
    endpoint: { host: '127.0.0.1', port, dnsName: null },
    encryptedPassword: '',
    revision: 1,
  };
}

const many = (count: number, port?: number) =>
  Array.from({ length: count }, (_, index) => instance(String(index), port));
const idsOf = (watched: readonly Watched[]) => watched.map((one) => one.instance.id);

describe('a list of who is to be checked', () => {
  it('spreads a first round of many evenly over the interval', () => {
    const list = createWatchList({ intervalMs: 30_000, perServer: 2 });
    list.replace(many(1000), 0);
    const perSecond = Array.from({ length: 30 }, (_, second) => list.takeDue(second * 1000, 10_000).length);
    expect(perSecond.reduce((sum, count) => sum + count)).toBeGreaterThan(960);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(35);
  });

  it('is quick with a first round of few, and at once with one who has just come', () => {
    const list = createWatchList({ intervalMs: 30_000, perServer: 2 });
    list.replace(many(4), 0);
    expect(list.takeDue(200, 10)).toHaveLength(4);
    list.update(['7'], [instance('7')], 500);
    expect(idsOf(list.takeDue(500, 10))).toEqual(['7']);
  });

  it('gives no more than there is room for, and no more than a few of one server, the longest due first', () => {
    const list = createWatchList({ intervalMs: 30_000, perServer: 2 });
    list.update(
      many(10).map(({ id }) => id),
      many(10, 5432),
      0,
    );
    const two = list.takeDue(10, 16);
    expect(two).toHaveLength(2);
    expect(list.takeDue(10, 16)).toEqual([]);
    for (const watched of two) {
      watched.isBusy = false;
      watched.dueAt = 30_000;
    }
    expect(idsOf(list.takeDue(10, 1))).toEqual(['2']);
    expect(list.takeDue(10, 0)).toEqual([]);
  });

  it('keeps the rhythm of who stays, and forgets who is gone', () => {
    const list = createWatchList({ intervalMs: 30_000, perServer: 2 });
    list.replace(many(2), 0);
    for (const watched of list.takeDue(100, 10)) {
      watched.isBusy = false;
      watched.dueAt = 20_000;
    }
    list.replace([{ ...instance('0'), revision: 9 }], 10_000);
    expect(list.size).toBe(1);
    expect(list.get('0')).toMatchObject({ dueAt: 20_000, instance: { revision: 9 } });
    list.update(['0'], [], 10_000);
    expect(list.size).toBe(0);
  });
});

describe('a server that is down', () => {
  const log = createLogger('silent');
  const down: Verdict = {
    status: 'UNHEALTHY',
    latencyMs: null,
    message: 'It does not run.',
    phase: null,
    isDown: true,
    movedTo: null,
  };
  const well: Verdict = { ...down, status: 'HEALTHY', message: null, isDown: false };
  const coming: Verdict = { ...down, message: 'It is starting.', isDown: false };
  const watch = (): Watched => ({ instance: instance('1'), dueAt: 0, isBusy: false, outage: null });

  it('is started again 1, 2, 4 ... 60 s later', () => {
    const watched = watch();
    const delays = Array.from({ length: 9 }, () => {
      followOutage(watched, down, 0, log);
      const at = watched.outage?.reviveAt ?? -1;
      if (watched.outage !== null) watched.outage.reviveAt = null;
      return at / 1000;
    });
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('has one plan, however often it is looked at before that', () => {
    const watched = watch();
    expect(followOutage(watched, down, 0, log)).toBe('It does not run. It is started again in 1 s (attempt 1).');
    expect(followOutage(watched, down, 300, log)).toBe('It does not run. It is started again in 1 s (attempt 1).');
    // 1000.4 + 1000 - 1000.4 is more than 1000.
    expect(followOutage(watch(), down, 1000.4, log)).toBe('It does not run. It is started again in 1 s (attempt 1).');
    expect(watched.outage).toMatchObject({ attempts: 1, reviveAt: 1000 });
  });

  it('is looked at less and less often while it stays unwell, and at the normal interval in the end', () => {
    const watched = watch();
    followOutage(watched, down, 0, log);
    if (watched.outage !== null) watched.outage.reviveAt = null;
    const waits: number[] = [];
    for (let now = 0, look = 0; look < 8; look += 1) {
      watched.dueAt = now + 30_000;
      followOutage(watched, coming, now, log);
      waits.push(watched.dueAt - now);
      now = watched.dueAt;
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    followOutage(watched, well, 200_000, log);
    watched.dueAt = 230_000;
    followOutage(watched, coming, 200_000, log);
    expect(watched.dueAt).toBe(201_000);
  });

  it('has recovered when it has run for a minute, and not before', () => {
    const watched = watch();
    followOutage(watched, down, 0, log);
    if (watched.outage !== null) watched.outage.reviveAt = null;
    watched.dueAt = 30_000;
    expect(followOutage(watched, coming, 1000, log)).toBe('It is starting.');
    expect(watched.dueAt).toBe(2000);
    expect(followOutage(watched, well, 2000, log)).toBeNull();
    followOutage(watched, well, 32_000, log);
    expect(watched.outage).toMatchObject({ attempts: 1 });
    followOutage(watched, well, 62_000, log);
    expect(watched.outage).toBeNull();
  });
});
