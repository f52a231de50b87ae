import 'reflect-metadata';
import path from 'node:path';
import { benchApi } from './api.ts';
import { benchBeside } from './beside.ts';
import { benchCluster } from './cluster.ts';
import { benchEngine } from './engine.ts';
import { benchFollow } from './follow.ts';
import { benchHostile } from './hostile.ts';
import { benchIdle } from './idle.ts';
import { benchImage, benchObjects, benchSmall, benchTables } from './image.ts';
import { benchLogs } from './logs.ts';
import { readMachine } from './machine.ts';
import { type BenchOptions, readOptions, type Section, USAGE } from './options.ts';
import { type Outcome, outcomesOf } from './page/outcomes.ts';
import { writePage } from './page/write-page.ts';
import { benchPhysical } from './physical.ts';
import { inOwnPlace, makePlace, type Place } from './place.ts';
import { benchRecords } from './records.ts';
import { formatReport, reportAsJson, type SectionReport } from './report.ts';
import { benchSchedule } from './schedule.ts';

const BENCHES: Readonly<Record<Section, (place: Place, options: BenchOptions) => Promise<SectionReport>>> = {
  image: benchImage,
  tables: benchTables,
  objects: benchObjects,
  small: benchSmall,
  physical: benchPhysical,
  beside: benchBeside,
  engine: benchEngine,
  idle: benchIdle,
  hostile: benchHostile,
  schedule: benchSchedule,
  follow: benchFollow,
  logs: benchLogs,
  api: benchApi,
  records: benchRecords,
  cluster: benchCluster,
};

async function bench(options: BenchOptions): Promise<void> {
  await using place = await makePlace();
  const machine = await readMachine(place.directory, place.programs);
  const begunAt = performance.now();
  const sections: SectionReport[] = [];
  const outcomes: Outcome[] = [];
  for (const section of options.sections) {
    const report = await inOwnPlace(place, section, (own) => BENCHES[section](own, options));
    sections.push(report);
    outcomes.push(...outcomesOf(section, report));
  }
  const text = options.json ? reportAsJson(machine, sections) : formatReport(machine, sections);
  process.stdout.write(`${text}\n`);
  if (options.page) {
    const written = await writePage(path.join(import.meta.dirname, '../docs'), machine, outcomes);
    place.say(`bench: wrote ${written.join(' and ')}`);
  }
  place.say(
    `bench: ${Math.round((performance.now() - begunAt) / 1000)} s in all; everything that was started is stopped`,
  );
}

try {
  const options = readOptions(process.argv.slice(2), Boolean(process.env.KUBECONFIG));
  if (options === null) process.stdout.write(`${USAGE}\n`);
  else await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 1;
}
