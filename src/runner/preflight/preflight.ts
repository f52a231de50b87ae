import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Attempt, type Program, requireParameter } from '../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import { hashFile } from '../mover/take-file.ts';

/** All that a backup, a restore or a verification calls. */
const TOOLS = ['pg_dump', 'pg_dumpall', 'pg_restore', 'initdb', 'postgres', 'pg_ctl'];
const PROBE = 'probe';
const PROBE_TEXT = 'written by the preflight of Toygres\n';

/** Every failure is the last word on its link, and trying again would only take time. */
async function onLink<T>(link: string, work: () => Promise<T>, way = ''): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof Error ? error.message : 'it ended without a word';
    throw finalFailure(`${link}: ${said}${way}`, error);
  }
}

/** Tries, from where jobs run, all that jobs depend on: the tools, the identity, writing to the blob store and reading back. */
export const preflight: Program = async (attempt) => {
  const { report, files } = attempt;
  const wanted = await onLink('tools', async () => {
    requireParameter(attempt, 'TOYGRES_IMAGE_URL', /https?:\/\/[^?]+[^?/]/);
    return requireParameter(attempt, 'TOYGRES_POSTGRES_VERSION', /[1-9][0-9]/);
  });
  report.phase('tools', 1);
  const tools = await onLink('tools', () => checkTools(attempt, wanted));
  report.endPhase();

  report.phase('identity', 1);
  const login = await onLink('workload identity', () => files.readLogin());
  report.log(login.description);
  report.endPhase();

  const { kind: link } = login;
  const way = login.proxy === null ? '' : ` (asked through the proxy ${login.proxy})`;
  const probe = path.join(attempt.scratch, PROBE);
  await writeFile(probe, PROBE_TEXT);
  const expected = await hashFile(probe);
  report.phase('write', PROBE_TEXT.length);
  await onLink(
    link,
    async () => {
      await files.upload(probe, PROBE);
      await files.settle();
    },
    way,
  );
  report.log('The blob store took a file');
  report.endPhase();

  report.phase('read', PROBE_TEXT.length);
  // As a restore does it: listed, then read.
  await onLink(
    link,
    async () => {
      const back = (await files.receiveAll()).find(({ name }) => name === PROBE);
      if (back?.sha256 !== expected.sha256) throw new JobFailure('what was read is not what was written');
    },
    way,
  );
  report.log('The blob store gave it back as it was');
  report.endPhase();
  return { ...tools, identity: login.kind, ...(login.proxy === null ? {} : { proxy: login.proxy }) };
};

async function checkTools({ programs, files, report }: Attempt, wanted: string) {
  const versions = await Promise.all(
    TOOLS.map(async (tool) => {
      const end = await programs.run(tool, { arguments: ['--version'] }).catch(() => null);
      return { tool, output: end?.exitCode === 0 ? end.output : null, isThere: end !== null };
    }),
  );
  const missing = versions.filter(({ isThere }) => !isThere).map(({ tool }) => tool);
  if (missing.length > 0) throw new JobFailure(`not found in the job's image: ${missing.join(', ')}`);
  const broken = versions.find(({ output }) => output === null);
  if (broken !== undefined) throw new JobFailure(`${broken.tool} cannot be run`);
  const postgres = /\) (\d+\S*)/.exec(versions[0]?.output ?? '')?.[1] ?? '';
  if (String(Number.parseInt(postgres, 10)) !== wanted) {
    throw new JobFailure(`the job's image has the programs of PostgreSQL ${postgres}, not of ${wanted}`);
  }
  const azcopy = await files.readToolVersion();
  report.log(`The tools are there: PostgreSQL ${postgres}, azcopy ${azcopy}`);
  return { azcopy, postgres };
}
