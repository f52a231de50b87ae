import type { MachineFacts } from '../machine.ts';
import type { Outcome } from './outcomes.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const figure = (value: number, unit: string) => `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;

/** The page of a run: what machine, each figure with that of the plain tools and the goal, and where the time went. */
export function buildPage(machine: MachineFacts, outcomes: readonly Outcome[]): string {
  const facts = Object.entries(machine).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  const rows = outcomes.map(({ section, name, unit, own, peer, value, goal, runs }) => {
    const theirs = peer === null ? '' : `${figure(peer.value, unit)} (${peer.name})`;
    const said = peer === null ? figure(value, unit) : value.toFixed(2);
    const wanted = peer === null ? figure(goal, unit) : goal.toFixed(2);
    const verdict = value <= goal ? 'met' : `missed by ${Math.round((value / goal - 1) * 100)} %`;
    const cells = [`${section}: ${name}`, figure(own, unit), theirs, said, wanted, verdict, String(runs)];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  const notes = outcomes
    .filter((one) => one.notes.length > 0)
    .flatMap(({ section, name, notes: lines }) => [
      `**${section}: ${name}**`,
      '',
      ...lines.map((line) => `- ${line}`),
      '',
    ]);
  return `# What it takes

Written by \`npm run bench -- --page\`, from one run, not by hand. Medians; a ratio is of the product against the plain tools on the
same data in the same run, and less is less time or room. What a ratio says depends on the load: it is that of others when the
run began, over 1, 5 and 15 minutes. The goals are of a database of 1 GB on two processors that nobody else uses.

![Each figure against its goal](images/bench.svg)

| machine | |
| --- | --- |
${facts.join('\n')}

| what | product | plain tools | ratio, or figure | goal | | runs |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Where the time goes

${notes.join('\n').trimEnd()}
`;
}
