import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildChart } from '../../../deploy/helm/build-chart.ts';
import { ROOT } from '../../support/source-files.ts';

const DEPLOY = path.join(ROOT, 'deploy');
const CHART = path.join(DEPLOY, 'helm/toygres');
const read = (...names: string[]) => readFile(path.join(CHART, ...names), 'utf8');
const made = await buildChart((name) => readFile(path.join(DEPLOY, name), 'utf8'));

/** Every name that values have, in order, `api.replicas`; what is empty is one. */
function namesOf(values: unknown, prefix = ''): string[] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [prefix];
  const names = Object.entries(values).flatMap(([name, value]) => namesOf(value, prefix ? `${prefix}.${name}` : name));
  return names.length === 0 ? [prefix] : names;
}

describe('the chart', () => {
  test.each([...made])('%s is made of the manifests as they are: npm run generate:chart', async (name, text) => {
    expect(await read(name)).toBe(text);
  });

  test('has no template that nothing makes, but those that are written by hand', async () => {
    const found = (await readdir(path.join(CHART, 'templates'))).map((name) => `templates/${name}`);
    const byHand = ['templates/NOTES.txt', 'templates/_helpers.tpl', 'templates/settings.yaml'];
    expect(found.filter((name) => !made.has(name)).sort()).toEqual(byHand);
  });

  test('is of this release, and deploys its image', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
    expect(parse(await read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
    const pod = parse(await readFile(path.join(DEPLOY, 'base/server-pod.yaml'), 'utf8'));
    const [{ image }] = pod.spec.template.spec.containers;
    expect(`${parse(await read('values.yaml')).image.repository}:${version}`).toBe(image);
  });

  test('takes no value that nothing in it reads, and reads none that it does not have', async () => {
    const values = parse(await read('values.yaml'));
    const templates = await Promise.all(
      (await readdir(path.join(CHART, 'templates'))).map((name) => read('templates', name)),
    );
    const asked = new Set(
      templates
        .join('\n')
        .match(/\.Values\.[A-Za-z.]+/g)
        ?.map((name) => name.slice(8)),
    );
    for (const name of asked) {
      const value = name.split('.').reduce((from: unknown, part) => (from as Record<string, unknown>)?.[part], values);
      expect(value, name).toBeDefined();
    }
    const unread = namesOf(values).filter(
      (name) => ![...asked].some((one) => name === one || name.startsWith(`${one}.`)),
    );
    expect(unread).toEqual([]);
  });

  test('has a schema that knows its values, and the settings as overlays have them', async () => {
    const schema = JSON.parse(await read('values.schema.json'));
    expect(Object.keys(schema.properties).sort()).toEqual(
      [...Object.keys(parse(await read('values.yaml'))), 'global'].sort(),
    );
    const settings = JSON.parse(await readFile(path.join(DEPLOY, 'settings.schema.json'), 'utf8')).properties.data;
    const { TOYGRES_NAMESPACE: _, TOYGRES_NAMESPACES: __, ...others } = settings.properties;
    expect(schema.properties.settings).toMatchObject({ additionalProperties: false, properties: others });
  });

  test('leaves what others’ templates say to their readers', async () => {
    expect(await read('templates/monitoring.yaml')).toContain('{{ "{{" }} $value {{ "}}" }}');
    expect(await read('templates/monitoring.yaml')).not.toContain('<<');
  });
});
