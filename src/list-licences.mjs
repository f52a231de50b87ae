// Lists what is installed to run Toygres, a package a line: name, version, licence. `npm run licences`.
// Exits with 1 when a package says no licence: somebody must have looked before it is handed on.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));

/** As the package says it: in its own file where it is installed, else as the lock file has it. */
function licenceOf(place, locked) {
  try {
    const { license, licenses } = JSON.parse(readFileSync(path.join(root, place, 'package.json'), 'utf8'));
    const said = license ?? licenses;
    const one = (value) => (typeof value === 'string' ? value : value?.type);
    const words = Array.isArray(said) ? said.map(one).join(' OR ') : one(said);
    if (words) return words;
  } catch {
    // An optional one for another machine.
  }
  return locked.license ?? null;
}

const rows = Object.entries(packages).flatMap(([place, locked]) => {
  if (place === '' || locked.dev || locked.devOptional || locked.link) return [];
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return [[name, locked.version, licenceOf(place, locked)]];
});
rows.sort(([a, ,], [b]) => (a < b ? -1 : 1));
for (const [name, version, licence] of rows) process.stdout.write(`${name}\t${version}\t${licence ?? 'UNKNOWN'}\n`);
const unknown = rows.filter(([, , licence]) => licence === null);
for (const [name] of unknown) process.stderr.write(`${name} says no licence\n`);
process.exitCode = unknown.length > 0 ? 1 : 0;
