// A job's program that writes its log at a pace, and works beside that: LINES and LINES_A_SECOND are how many, and how fast.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const lines = Number(process.env.LINES);
const pace = Number(process.env.LINES_A_SECOND);
/** About 20 µs: at 10,000 lines a second a fifth of a processor, that is missed when others take it. */
const ROUNDS = 20_000;

let state = 1;
function work() {
  for (let round = 0; round < ROUNDS; round += 1) state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
}

const begunAt = performance.now();
for (let written = 0; written < lines; ) {
  const due = Math.min(lines, Math.floor(((performance.now() - begunAt) * pace) / 1000));
  let text = '';
  while (written < due) {
    written += 1;
    work();
    text += `dumped part ${written % 977} of public.orders_of_the_year, 4194304 bytes, 1 of 2 workers is free\n`;
  }
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  await delay(5);
}
process.stdout.write(`::toygres:: result {"done":${state !== 0}}\n`);
