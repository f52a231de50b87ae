import { describe, expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import { DONE, ENDLESS, type PlatformHarness, useJobBench } from '../support/job-bench.ts';
import { collect, jobSpec, serverSpec, untilEnd } from '../support/platform-specs.ts';

/** What a platform promises of jobs. */
export function platformJobContract(start: () => Promise<PlatformHarness>): void {
  describe('jobs', () => {
    const bench = useJobBench(start);

    test('a job that nobody started is ABSENT, has no log, and can be cancelled and removed', async () => {
      const spec = jobSpec(DONE);
      expect(await bench.platform.readJob(spec)).toMatchObject({ state: 'ABSENT', attempts: 0, startedAt: null });
      expect(await collect(bench.platform.followJobLogs(spec, untilEnd()))).toEqual([]);
      await bench.platform.cancelJob(spec);
      await bench.platform.removeJob(spec);
    });

    test('a job that succeeds gives its result, its last report and its log without control lines', async () => {
      const spec = jobSpec(`
        echo first
        echo '::toygres:: progress {"phase":"dump","bytesDone":5,"bytesTotal":10,"percent":null,"message":"half way"}'
        echo second >&2
        echo '::toygres:: progress {"phase":"upload","bytesDone":10,"bytesTotal":10}'
        echo '::toygres:: result {"files":[1,2],"text":"ä \\"quoted\\""}'`);
      const status = await bench.runToEnd(spec);
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
      const lines = await collect(bench.platform.followJobLogs(spec, untilEnd()));
      expect(lines.map(({ line, attempt, text }) => [line, attempt, text])).toEqual([
        [1, 1, 'first'],
        [2, 1, 'second'],
      ]);
      expect(lines.every((line) => line.at instanceof Date)).toBe(true);
    });

    test('whoever waits for the end of a job hears of it, and is let go', async () => {
      const endless = await bench.platform.ensureJob(jobSpec(ENDLESS));
      const leaving = new AbortController();
      const waits = bench.platform.awaitJobEnd(endless, leaving.signal).then(() => 'let go');
      const ended = jobSpec(DONE);
      await bench.platform.ensureJob(ended);
      await bench.platform.awaitJobEnd(ended, new AbortController().signal);
      expect(await bench.runToEnd(ended)).toMatchObject({ state: 'SUCCEEDED' });
      await bench.platform.awaitJobEnd(ended, new AbortController().signal);
      // That of another one is none of its.
      expect(await Promise.race([waits, Promise.resolve('waits')])).toBe('waits');
      leaving.abort();
      expect(await waits).toBe('let go');
      await bench.platform.awaitJobEnd(jobSpec(DONE), AbortSignal.abort());
      // It would keep its place from those that follow.
      for (const job of [endless, ended]) await bench.platform.removeJob(job);
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
      expect((await bench.runToEnd(withOdd)).state).toBe('SUCCEEDED');
      const [parameter, mode, secret, ...rest] = await bench.textsOf(withOdd);
      expect(parameter).toBe(secret);
      expect(mode).toBe('600');
      expect(rest).toEqual(['0', 'same', 'attempt 1', 'no volume', 'PostgreSQL) 15']);
    });

    test('when all attempts failed the script says why', async () => {
      const spec = jobSpec(
        `echo "::toygres:: error earlier"; echo "::toygres:: error the disk of attempt $TOYGRES_ATTEMPT is full"; exit 3`,
        { attempts: 2 },
      );
      expect(await bench.runToEnd(spec)).toMatchObject({
        state: 'FAILED',
        attempts: 2,
        exitCode: 3,
        failure: 'the disk of attempt 2 is full',
        result: null,
      });
    });

    test('exit status 78 ends the job at once', async () => {
      const spec = jobSpec(`echo '::toygres:: error this cannot work'; exit 78`, { attempts: 5 });
      expect(await bench.runToEnd(spec)).toMatchObject({ state: 'FAILED', attempts: 1, failure: 'this cannot work' });
    });

    test('a script that dies without a word fails with its exit status and last line', async () => {
      const spec = jobSpec('echo the last line; exit 9');
      expect((await bench.runToEnd(spec)).failure).toMatch(/exit status 9.*the last line/);
      const killed = jobSpec('kill -SEGV $$');
      expect(await bench.runToEnd(killed)).toMatchObject({
        exitCode: 139,
        failure: expect.stringContaining('SIGSEGV'),
      });
    });

    test('exit status 0 without a result, or with one that is no object, is a failure', async () => {
      expect(await bench.runToEnd(jobSpec('echo done'))).toMatchObject({ state: 'FAILED', result: null });
      const cut = jobSpec(`echo '::toygres:: result {"files":'`);
      expect(await bench.runToEnd(cut)).toMatchObject({ state: 'FAILED', failure: expect.stringContaining('result') });
    });

    test('progress that is not what it must be is left out and fails nothing', async () => {
      const spec = jobSpec(`
        echo '::toygres:: progress {"phase":"dump","percent":40}'
        echo '::toygres:: progress {"phase":"dump","percent":4000,"bytesDone":-1,"bytesTotal":"x"}'
        echo '::toygres:: progress {{{'
        echo '::toygres:: unheard of'
        ${DONE}`);
      expect(await bench.runToEnd(spec)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await bench.textsOf(spec)).toEqual([]);
    });

    test('the deadline ends a job with all attempts, and says so', async () => {
      const spec = jobSpec(`echo '::toygres:: progress {"phase":"dump","message":"public.orders"}'; ${ENDLESS}`, {
        deadlineSeconds: 1,
        attempts: 5,
      });
      const status = await bench.runToEnd(spec);
      expect(status).toMatchObject({ state: 'FAILED', attempts: 1 });
      expect(status.failure).toMatch(/deadline of 1 s.*dump.*public\.orders/);
    });

    test('cancelling ends a job, and what has ended stays as it ended', async () => {
      const spec = jobSpec(ENDLESS, { attempts: 5 });
      await bench.platform.ensureJob(spec);
      await bench.untilBegun(spec);
      await bench.platform.cancelJob(spec);
      const status = await bench.platform.readJob(spec);
      expect(status).toMatchObject({ state: 'CANCELLED', attempts: 1, failure: null });
      await bench.platform.cancelJob(spec);
      await bench.platform.ensureJob(spec);
      expect(await bench.platform.readJob(spec)).toEqual(status);

      const done = jobSpec(DONE);
      await bench.runToEnd(done);
      await bench.platform.cancelJob(done);
      expect((await bench.platform.readJob(done)).state).toBe('SUCCEEDED');
    });

    test('a job is started once, however often and by how many it is asked for', async () => {
      const spec = jobSpec(`echo ran; ${DONE}`);
      await Promise.all([1, 2, 3, 4].map(() => bench.platform.ensureJob(spec)));
      expect(await bench.untilOver(spec)).toMatchObject({ state: 'SUCCEEDED', attempts: 1 });
      expect(await bench.platform.ensureJob(spec)).toEqual({ id: spec.id, namespace: spec.namespace, name: spec.name });
      expect(await bench.textsOf(spec)).toEqual(['ran']);
    });

    test('more jobs than may run at once wait, and then run', async () => {
      const specs = [1, 2, 3, 4].map(() => jobSpec(ENDLESS));
      const last = jobSpec(`echo begun; ${DONE}`);
      for (const spec of specs.slice(0, 3)) await bench.platform.ensureJob(spec);
      for (const spec of specs.slice(0, 3)) await bench.untilBegun(spec);
      await bench.platform.ensureJob(last);
      expect(await bench.platform.readJob(last)).toMatchObject({ state: 'PENDING', attempts: 0, startedAt: null });
      const [first, ...others] = specs.slice(0, 3);
      if (first !== undefined) await bench.platform.cancelJob(first);
      expect(await bench.untilOver(last)).toMatchObject({ state: 'SUCCEEDED' });
      for (const spec of others) await bench.platform.cancelJob(spec);
    });

    test('one that waits for its turn begins with the secrets that it was given last', async () => {
      const before = Array.from({ length: 3 }, () => jobSpec(ENDLESS));
      await Promise.all(before.map((spec) => bench.platform.ensureJob(spec)));
      await Promise.all(before.map((spec) => bench.untilBegun(spec)));
      // A log shows no secret, but how long it is.
      const program = `echo "length $(cat "$TOYGRES_SECRETS_DIR/password" | wc -c)"; ${DONE}`;
      const waiting = jobSpec(program, { secrets: { password: 'a-first-one' } });
      await bench.platform.ensureJob(waiting);
      expect(await bench.platform.readJob(waiting)).toMatchObject({ state: 'PENDING' });
      await bench.platform.ensureJob({ ...waiting, secrets: { password: 'another-one-that-is-longer' } });
      await Promise.all(before.map((spec) => bench.platform.cancelJob(spec)));
      expect(await bench.untilOver(waiting)).toMatchObject({ state: 'SUCCEEDED' });
      expect(await bench.textsOf(waiting)).toContain('length 26');
      await Promise.all([...before, waiting].map((spec) => bench.platform.removeJob(spec)));
    });

    test('a restore job works on the volume that it is given, and the volume cannot be removed meanwhile', async () => {
      const server = serverSpec();
      await bench.platform.ensureVolume(server);
      const spec = jobSpec(`touch "$TOYGRES_VOLUME/left-by-job" && ${ENDLESS}`, { kind: 'restore', volume: server });
      await bench.platform.ensureJob(spec);
      await bench.untilBegun(spec);
      await expect(bench.platform.removeVolume(server)).rejects.toMatchObject({ code: 'CONFLICT' });
      await bench.platform.cancelJob(spec);
      await bench.platform.removeVolume(server);
    });

    test('every job says which record it belongs to, and is forgotten with its log when it is removed', async () => {
      const spec = jobSpec(ENDLESS);
      await bench.platform.ensureJob(spec);
      await bench.untilBegun(spec);
      const ours = async () => (await bench.platform.listObjects()).filter((object) => object.ownerId === spec.id);
      expect(await ours()).toEqual([{ kind: 'job', namespace: 'test', name: spec.name, ownerId: spec.id }]);
      await bench.platform.removeJob(spec);
      expect(await ours()).toEqual([]);
      expect((await bench.platform.readJob(spec)).state).toBe('ABSENT');
      expect(await bench.textsOf(spec)).toEqual([]);
      await bench.platform.removeJob(spec);
    });
  });
}
