import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildChart } from './build-chart.ts';

// Writes those files of the chart that are made of the manifests beside it.
const DEPLOY = path.resolve(import.meta.dirname, '..');
const files = await buildChart((name) => readFile(path.join(DEPLOY, name), 'utf8'));
for (const [name, text] of files) await writeFile(path.join(DEPLOY, 'helm/toygres', name), text);
