import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rotateServerLog } from '../../src/postgres-programs/server-log.ts';
import { collect } from '../support/platform-specs.ts';
import { useServerBench } from '../support/server-bench.ts';

describe('the logs of servers on the local platform', () => {
  const bench = useServerBench();

  test('a follower misses no line when the log is rotated under it', async () => {
    const spec = await bench.create();
    const log = path.join(bench.directoryOf(spec), 'server.log');
    const say = (from: number, to: number) =>
      bench.ask(spec, `DO $$ BEGIN FOR i IN ${from}..${to} LOOP RAISE LOG 'count %', i; END LOOP; END $$`);
    const leaving = new AbortController();
    const options = { tailLines: 0, since: null, follow: true, signal: leaving.signal };
    const seen: number[] = [];
    const following = (async () => {
      for await (const { text } of bench.platform.followServerLogs(spec, options)) {
        const count = /count (\d+)$/.exec(text)?.[1];
        if (count !== undefined) seen.push(Number(count));
        if (seen.length === 400) leaving.abort();
      }
    })();
    await say(1, 200);
    await rotateServerLog(log, 1);
    await say(201, 400);
    await following;
    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 1));
    const all = { tailLines: null, since: null, follow: false, signal: new AbortController().signal };
    const counts = (await collect(bench.platform.followServerLogs(spec, all))).filter((line) =>
      / count \d+$/.test(line.text),
    );
    expect(counts.length).toBe(400);
    const since = counts[250]?.at ?? null;
    const later = await collect(bench.platform.followServerLogs(spec, { ...all, since }));
    expect(later.length).toBeGreaterThan(0);
    expect(later.every((line) => since === null || (line.at !== null && line.at >= since))).toBe(true);
    const tail = await collect(bench.platform.followServerLogs(spec, { ...all, tailLines: 1_000_000 }));
    expect(tail.filter((line) => / count \d+$/.test(line.text)).length).toBe(400);
  });

  test('five hundred followers that come and go leave no file and no timer open', async () => {
    const spec = await bench.create();
    const follow = async () => {
      const leaving = new AbortController();
      const options = { tailLines: 1, since: null, follow: true, signal: leaving.signal };
      for await (const line of bench.platform.followServerLogs(spec, options)) if (line.line === 1) leaving.abort();
    };
    await follow();
    const open = async () => (await readdir('/proc/self/fd')).length;
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = { files: await open(), timers: timers() };
    for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 50 }, follow));
    expect(await open()).toBeLessThanOrEqual(before.files);
    expect(timers()).toBeLessThanOrEqual(before.timers + 1);
  });
});
