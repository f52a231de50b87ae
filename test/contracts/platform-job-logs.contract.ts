import { describe, expect, test } from 'vitest';
import { DONE, ENDLESS, type PlatformHarness, useJobBench } from '../support/job-bench.ts';
import { collect, jobSpec, untilEnd, untilNow } from '../support/platform-specs.ts';

/** What a platform promises of what jobs print. */
export function platformJobLogContract(start: () => Promise<PlatformHarness>): void {
  describe('the logs of jobs', () => {
    const bench = useJobBench(start);

    test('what the log shows holds no signature of a URL and no secret', async () => {
      const spec = jobSpec(
        `cat "$TOYGRES_SECRETS_DIR/password"; echo
         echo 'https://a/b?sv=1&sig=AbC%2Fd%3D&se=2 SIG=xyz "sig=q/w+e=" sig%3Dabc'
         echo '::toygres:: error cannot read https://a/b?sig=AbC%2Fd&x=1 with hunter22'
         exit 78`,
        { secrets: { password: 'hunter22' } },
      );
      const { failure } = await bench.runToEnd(spec);
      expect(failure).toBe('cannot read https://a/b?sig=***&x=1 with ***');
      expect(await bench.textsOf(spec)).toEqual(['***', 'https://a/b?sv=1&sig=***&se=2 sig=*** "sig=***" sig=***']);
    });

    test('a failed attempt is tried again; the log keeps every attempt and numbers through', async () => {
      const spec = jobSpec(
        `echo "try $TOYGRES_ATTEMPT"; [[ $TOYGRES_ATTEMPT == 2 ]] || { echo '::toygres:: error not yet'; exit 5; }; ${DONE}`,
        { attempts: 3 },
      );
      expect(await bench.runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 2, failure: null });
      const lines = await collect(bench.platform.followJobLogs(spec, untilEnd()));
      expect(lines.map(({ line, attempt, text }) => [line, attempt, text])).toEqual([
        [1, 1, 'try 1'],
        [2, 2, 'try 2'],
      ]);
    });

    test('lines reach a follower while the job runs; it can go on behind the last line it saw', async () => {
      const spec = jobSpec(`${ENDLESS.replace('echo begun;', 'for i in 1 2 3; do echo "line $i"; done;')}`);
      await bench.platform.ensureJob(spec);
      const lines = bench.platform.followJobLogs(spec, untilEnd())[Symbol.asyncIterator]();
      for (const number of [1, 2, 3]) {
        expect((await lines.next()).value).toMatchObject({ line: number, text: `line ${number}` });
      }
      expect((await bench.platform.readJob(spec)).state).toBe('RUNNING');
      expect((await collect(bench.platform.followJobLogs(spec, untilNow(2)))).map((line) => line.line)).toEqual([3]);
      const end = lines.next();
      await bench.platform.cancelJob(spec);
      expect((await end).done).toBe(true);
    });

    test('a follower that leaves is let go', async () => {
      const spec = jobSpec(ENDLESS);
      await bench.platform.ensureJob(spec);
      const leaving = new AbortController();
      const lines = bench.platform.followJobLogs(spec, untilEnd(0, leaving.signal))[Symbol.asyncIterator]();
      expect((await lines.next()).value).toMatchObject({ text: 'begun' });
      const next = lines.next();
      leaving.abort();
      expect((await next).done).toBe(true);
      await bench.platform.cancelJob(spec);
    });

    test('lines without end, long lines and bytes that are no text do no harm', async () => {
      const spec = jobSpec(`
        head -c 300000 /dev/zero | tr '\\0' x; echo
        printf 'bad \\xff\\xfe byte\\n'
        printf 'nul \\0 byte\\n'
        printf '\\n'
        ${DONE}
        printf 'no newline'`);
      expect(await bench.runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED' });
      const [long, ...rest] = await bench.textsOf(spec);
      expect(long?.length).toBeLessThan(300_000);
      expect(long).toMatch(/^x{1000,} \[cut\]$/);
      expect(rest).toEqual(['bad \uFFFD\uFFFD byte', 'nul  byte', '', 'no newline']);
    });
  });
}
