import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';

const Traced = z.object({ trace: z.string(), gate: z.string() });

/**
 * Writes who did what into a file, and waits in its second step for another file to be there; then it has the platform
 * change something, which writes that there, too.
 */
export const tracedOf = (version: string) =>
  defineWorkflow('traced', version, Traced)
    .steps({ First: 1, Second: 1, Watch: 1, Commit: 1 })
    .onFailure({
      async undo({ undo }, { trace }) {
        await undo('Take back', async () => appendFile(trace, `Take back ${process.pid}\n`));
      },
      async settle() {},
    })
    .run(async ({ step, platform }, { trace, gate }) => {
      const write = (line: string) => appendFile(trace, `${line} ${process.pid}\n`);
      const made = await step('First', async () => {
        await write('First');
        return `made by ${process.pid}`;
      });
      await step(
        'Second',
        async ({ signal }) => {
          await write('Second');
          while (!existsSync(gate)) await delay(10, undefined, { signal });
          await write('Second is over');
          await platform.stopServer({ namespace: 'traced', resourceName: trace });
          return made;
        },
        { timeoutMs: 120_000 },
      );
      await step.until('Watch', async () => (existsSync(gate) ? { done: made } : { progress: null }));
      await step.commit('Commit', () => write('Commit'));
    });

export const traced = tracedOf('1.0.0');
