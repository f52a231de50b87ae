import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobSpec, Platform } from '../../jobs/ports/platform.ts';
import { eventually } from '../support/eventually.ts';
import { collect, jobSpec, serverSpec, untilEnd, untilNow } from '../support/platform-specs.ts';

/** A platform to test, and how to take it down with everything on it. */
export interface PlatformHarness {
  readonly platform: Platform;
  stop(): Promise<void>;
}

const DONE = `echo '::toygres:: result {"done":true}'`;
/** Says when it has begun and then waits to be ended. */
const ENDLESS = 'echo begun; while :; do sleep 0.2; done';

/** What a platform promises of jobs. */
export function platformJobContract(start: () => Promise<PlatformHarness>): void {
  describe('jobs', () => {
    let harness: PlatformHarness;
    let platform: Platform;

    beforeAll(async () => {
      harness = await start();
      platform = harness.platform;
    });
    afterAll(() => harness.stop());

    const untilOver = (spec: JobSpec) =>
      eventually(
        () => platform.readJob(spec),
        (status) => ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(status.state),
        60_000,
      );
    const runToEnd = async (spec: JobSpec) => {
      await platform.ensureJob(spec);
      return untilOver(spec);
    };
    const textsOf = async (spec: JobSpec) =>
      (await collect(platform.followJobLogs(spec, untilNow()))).map((line) => line.text);
    const untilBegun = (spec: JobSpec) =>
      eventually(
        () => textsOf(spec),
        (texts) => texts.includes('begun'),
      );

    test('a job that nobody started is ABSENT, has no log, and can be cancelled and removed', async () => {
      const spec = jobSpec(DONE);
      expect(await platform.readJob(spec)).toMatchObject({ state: 'ABSENT', attempts: 0, startedAt: null });
      expect(await collect(platform.followJobLogs(spec, untilEnd()))).toEqual([]);
      await platform.cancelJob(spec);
      await platform.removeJob(spec);
    });

    test('a job that succeeds gives its result, its last report and its log without control lines', async () => {
      const spec = jobSpec(`
        echo first
        echo '::toygres:: progress {"phase":"dump","bytesDone":5,"bytesTotal":10,"percent":null,"message":"half way"}'
        echo second >&2
        echo '::toygres:: progress {"phase":"upload","bytesDone":10,"bytesTotal":10}'
        echo '::toygres:: result {"files":[1,2],"text":"ä \\"quoted\\""}'`);
      const status = await runToEnd(spec);
      expect(status).toMatchObject({
        state: 'SUCCEEDED',
        attempts: 1,
        exitCode: 0,
        failure: null,
        result: { files: [1, 2], text: 'ä "quoted"' },
        report: { phase: 'upload', bytesDone: 10, bytesTotal: 10, percent: null, message: null },
      });
      const { startedAt, reportedAt, finishedAt } = status;
      expect(Number(startedAt)).toBeLessThanOrEqual(Number(reportedAt));
      expect(Number(reportedAt)).toBeLessThanOrEqual(Number(finishedAt));
      const lines = await collect(platform.followJobLogs(spec, untilEnd()));
      expect(lines.map(({ line, attempt, text }) => [line, attempt, text])).toEqual([
        [1, 1, 'first'],
        [2, 1, 'second'],
      ]);
      expect(lines.every((line) => line.at instanceof Date)).toBe(true);
    });

    test('a script finds its parameters as they are, its secrets as files and an empty scratch directory', async () => {
      const odd = 'line one\nline "two" $(touch /tmp/never) `x` \\ \'ä\'';
      const spec = jobSpec(
        `
        printf '%s' "$ODD" | sha256sum
        stat -c '%a' "$TOYGRES_SECRETS_DIR/password"
        sha256sum <"$TOYGRES_SECRETS_DIR/password"
        ls -A "$TOYGRES_SCRATCH_DIR" | wc -l
        [[ $HOME == "$TOYGRES_SCRATCH_DIR" && $TMPDIR == "$TOYGRES_SCRATCH_DIR" ]] && echo same
        echo "attempt $TOYGRES_ATTEMPT"
        [[ -v TOYGRES_VOLUME ]] || echo 'no volume'
        pg_dump --version | grep -o 'PostgreSQL. 15'
        ${DONE}`,
        { secrets: { password: odd } },
      );
      spec satisfies JobSpec;
      const withOdd = { ...spec, parameters: { ...spec.parameters, ODD: odd } };
      expect((await runToEnd(withOdd)).state).toBe('SUCCEEDED');
      const [parameter, mode, secret, ...rest] = await textsOf(withOdd);
      expect(parameter).toBe(secret);
      expect(mode).toBe('600');
      expect(rest).toEqual(['0', 'same', 'attempt 1', 'no volume', 'PostgreSQL) 15']);
    });

    test('what the log shows holds no signature of a URL and no secret', async () => {
      const spec = jobSpec(
        `cat "$TOYGRES_SECRETS_DIR/password"; echo
         echo 'https://a/b?sv=1&sig=AbC%2Fd%3D&se=2 SIG=xyz "sig=q/w+e=" sig%3Dabc'
         echo '::toygres:: error cannot read https://a/b?sig=AbC%2Fd&x=1 with hunter22'
         exit 78`,
        { secrets: { password: 'hunter22' } },
      );
      const { failure } = await runToEnd(spec);
      expect(failure).toBe('cannot read https://a/b?sig=***&x=1 with ***');
      expect(await textsOf(spec)).toEqual(['***', 'https://a/b?sv=1&sig=***&se=2 sig=*** "sig=***" sig=***']);
    });

    test('a failed attempt is tried again; the log keeps every attempt and numbers through', async () => {
      const spec = jobSpec(
        `echo "try $TOYGRES_ATTEMPT"; [[ $TOYGRES_ATTEMPT == 2 ]] || { echo '::toygres:: error not yet'; exit 5; }; ${DONE}`,
        { attempts: 3 },
      );
      expect(await runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 2, failure: null });
      const lines = await collect(platform.followJobLogs(spec, untilEnd()));
      expect(lines.map(({ line, attempt, text }) => [line, attempt, text])).toEqual([
        [1, 1, 'try 1'],
        [2, 2, 'try 2'],
      ]);
    });

    test('when all attempts failed the script says why', async () => {
      const spec = jobSpec(
        `echo "::toygres:: error earlier"; echo "::toygres:: error the disk of attempt $TOYGRES_ATTEMPT is full"; exit 3`,
        { attempts: 2 },
      );
      expect(await runToEnd(spec)).toMatchObject({
        state: 'FAILED',
        attempts: 2,
        exitCode: 3,
        failure: 'the disk of attempt 2 is full',
        result: null,
      });
    });

    test('exit status 78 ends the job at once', async () => {
      const spec = jobSpec(`echo '::toygres:: error this cannot work'; exit 78`, { attempts: 5 });
      expect(await runToEnd(spec)).toMatchObject({ state: 'FAILED', attempts: 1, failure: 'this cannot work' });
    });

    test('a script that dies without a word fails with its exit status and last line', async () => {
      const spec = jobSpec('echo the last line; exit 9');
      expect((await runToEnd(spec)).failure).toMatch(/exit status 9.*the last line/);
      const killed = jobSpec('kill -SEGV $$');
      expect(await runToEnd(killed)).toMatchObject({ exitCode: 139, failure: expect.stringContaining('SIGSEGV') });
    });

    test('exit status 0 without a result, or with one that is no object, is a failure', async () => {
      expect(await runToEnd(jobSpec('echo done'))).toMatchObject({ state: 'FAILED', result: null });
      const cut = jobSpec(`echo '::toygres:: result {"files":'`);
      expect(await runToEnd(cut)).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('result') });
    });

    test('progress that is not what it must be is left out and fails nothing', async () => {
      const spec = jobSpec(`
        echo '::toygres:: progress {"phase":"dump","percent":40}'
        echo '::toygres:: progress {"phase":"dump","percent":4000,"bytesDone":-1,"bytesTotal":"x"}'
        echo '::toygres:: progress {{{'
        echo '::toygres:: unheard of'
        ${DONE}`);
      expect(await runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await textsOf(spec)).toEqual([]);
    });

    test('the deadline ends a job with all attempts, and says so', async () => {
      const spec = jobSpec(`echo '::toygres:: progress {"phase":"dump","message":"public.orders"}'; ${ENDLESS}`, {
        deadlineSeconds: 1,
        attempts: 5,
      });
      const status = await runToEnd(spec);
      expect(status).toMatchObject({ state: 'FAILED', attempts: 1 });
      expect(status.failure).toMatch(/deadline of 1 s.*dump.*public\.orders/);
    });

    test('cancelling ends a job, and what has ended stays as it ended', async () => {
      const spec = jobSpec(ENDLESS, { attempts: 5 });
      await platform.ensureJob(spec);
      await untilBegun(spec);
      await platform.cancelJob(spec);
      const status = await platform.readJob(spec);
      expect(status).toMatchObject({ state: 'CANCELLED', attempts: 1, failure: null });
      await platform.cancelJob(spec);
      await platform.ensureJob(spec);
      expect(await platform.readJob(spec)).toEqual(status);

      const done = jobSpec(DONE);
      await runToEnd(done);
      await platform.cancelJob(done);
      expect((await platform.readJob(done)).state).toBe('SUCCEEDED');
    });

    test('a job is started once, however often and by how many it is asked for', async () => {
      const spec = jobSpec(`echo ran; ${DONE}`);
      await Promise.all([1, 2, 3, 4].map(() => platform.ensureJob(spec)));
      expect(await untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
      expect(await platform.ensureJob(spec)).toEqual({ id: spec.id, namespace: spec.namespace, name: spec.name });
      expect(await textsOf(spec)).toEqual(['ran']);
    });

    test('more jobs than may run at once wait, and then run', async () => {
      const specs = [1, 2, 3, 4].map(() => jobSpec(ENDLESS));
      const last = jobSpec(`echo begun; ${DONE}`);
      for (const spec of specs.slice(0, 3)) await platform.ensureJob(spec);
      for (const spec of specs.slice(0, 3)) await untilBegun(spec);
      await platform.ensureJob(last);
      expect(await platform.readJob(last)).toMatchObject({ state: 'PENDING', attempts: 0, startedAt: null });
      const [first, ...others] = specs.slice(0, 3);
      if (first !== undefined) await platform.cancelJob(first);
      expect(await untilOver(last)).toMatchObject({ state: 'SUCCEEDED' });
      for (const spec of others) await platform.cancelJob(spec);
    });

    test('lines reach a follower while the job runs; it can go on behind the last line it saw', async () => {
      const spec = jobSpec(`${ENDLESS.replace('echo begun;', 'for i in 1 2 3; do echo "line $i"; done;')}`);
      await platform.ensureJob(spec);
      const lines = platform.followJobLogs(spec, untilEnd())[Symbol.asyncIterator]();
      for (const number of [1, 2, 3]) {
        expect((await lines.next()).value).toMatchObject({ line: number, text: `line ${number}` });
      }
      expect((await platform.readJob(spec)).state).toBe('RUNNING');
      expect((await collect(platform.followJobLogs(spec, untilNow(2)))).map((line) => line.line)).toEqual([3]);
      const end = lines.next();
      await platform.cancelJob(spec);
      expect((await end).done).toBe(true);
    });

    test('a follower that leaves is let go', async () => {
      const spec = jobSpec(ENDLESS);
      await platform.ensureJob(spec);
      const leaving = new AbortController();
      const lines = platform.followJobLogs(spec, untilEnd(0, leaving.signal))[Symbol.asyncIterator]();
      expect((await lines.next()).value).toMatchObject({ text: 'begun' });
      const next = lines.next();
      leaving.abort();
      expect((await next).done).toBe(true);
      await platform.cancelJob(spec);
    });

    test('lines without end, long lines and bytes that are no text do no harm', async () => {
      const spec = jobSpec(`
        head -c 300000 /dev/zero | tr '\\0' x; echo
        printf 'bad \\xff\\xfe byte\\n'
        printf 'nul \\0 byte\\n'
        printf '\\n'
        ${DONE}
        printf 'no newline'`);
      expect(await runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED' });
      const [long, ...rest] = await textsOf(spec);
      expect(long?.length).toBeLessThan(300_000);
      expect(long).toMatch(/^x{1000,} \[cut\]$/);
      expect(rest).toEqual(['bad \uFFFD\uFFFD byte', 'nul  byte', '', 'no newline']);
    });

    test('a restore job works on the volume that it is given, and the volume cannot be removed meanwhile', async () => {
      const server = serverSpec();
      await platform.ensureVolume(server);
      const spec = jobSpec(`touch "$TOYGRES_VOLUME/left-by-job" && ${ENDLESS}`, { kind: 'restore', volume: server });
      await platform.ensureJob(spec);
      await untilBegun(spec);
      await expect(platform.removeVolume(server)).rejects.toMatchObject({ code: 'CONFLICT' });
      await platform.cancelJob(spec);
      await platform.removeVolume(server);
    });

    test('every job says which record it belongs to, and is forgotten with its log when it is removed', async () => {
      const spec = jobSpec(ENDLESS);
      await platform.ensureJob(spec);
      await untilBegun(spec);
      const ours = async () => (await platform.listObjects()).filter((object) => object.ownerId === spec.id);
      expect(await ours()).toEqual([{ kind: 'job', namespace: 'test', name: spec.name, ownerId: spec.id }]);
      await platform.removeJob(spec);
      expect(await ours()).toEqual([]);
      expect((await platform.readJob(spec)).state).toBe('ABSENT');
      expect(await textsOf(spec)).toEqual([]);
      await platform.removeJob(spec);
    });
  });
}
