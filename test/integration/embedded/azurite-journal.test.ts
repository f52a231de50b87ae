import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAzurite } from '../../../src/embedded/azurite.ts';
import { ROOT } from '../../support/source-files.ts';

interface Found {
  name: string;
  size: number;
}
interface Collection {
  insert(document: Found | Found[]): void;
  update(document: Found): void;
  remove(document: Found): void;
  findAndRemove(filter: object): void;
  findOne(filter: object): Found | null;
  find(filter?: object): Found[];
}
interface Loki {
  getCollection(name: string): Collection | null;
  addCollection(name: string, options: object): Collection;
  loadDatabase(options: object, loaded: () => void): void;
  saveDatabase(saved: () => void): void;
}
interface Journal {
  flush(): Promise<void>;
  end(): Promise<void>;
}

const require = createRequire(findAzurite());
const LokiDatabase = require('lokijs') as new (file: string, options: object) => Loki;
const program = path.join(ROOT, 'src/embedded/azurite-journal.mjs');
const { openJournal } = (await import(program)) as { openJournal(database: Loki): Promise<Journal> };

describe('the journal of the embedded blob store', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp('/tmp/toygres-journal-');
    file = path.join(directory, 'records.json');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** As Azurite opens one: whoever had it before is gone without a word. */
  async function open(): Promise<{ records: Collection; journal: Journal }> {
    const database = new LokiDatabase(file, { persistenceMethod: 'fs', autosave: true, autosaveInterval: 5000 });
    await new Promise<void>((resolve) => database.loadDatabase({}, resolve));
    const records =
      database.getCollection('records') ??
      database.addCollection('records', { indices: ['name', 'size'], unique: ['name'] });
    await new Promise<void>((resolve) => database.saveDatabase(resolve));
    return { records, journal: await openJournal(database) };
  }
  const journals = async () => (await readdir(directory)).filter((name) => name.includes('.journal-')).sort();
  const sizes = (records: Collection) => Object.fromEntries(records.find().map(({ name, size }) => [name, size]));
  const told = async () => (await stat(path.join(directory, (await journals())[0] ?? ''))).size;

  async function writeSome(): Promise<void> {
    const { records, journal } = await open();
    records.insert([
      { name: 'kept', size: 1 },
      { name: 'changed', size: 2 },
      { name: 'removed', size: 3 },
    ]);
    await journal.flush();
    records.update({ ...records.findOne({ name: 'changed' }), size: 20 } as Found);
    records.remove(records.findOne({ name: 'removed' }) as Found);
    records.insert({ name: 'once', size: 4 });
    records.findAndRemove({ name: 'once' });
    records.insert({ name: 'last', size: 5 });
    await journal.flush();
  }
  const SOME = { kept: 1, changed: 20, last: 5 };

  test('brings back each insertion, change and removal that was acknowledged, found by what is indexed', async () => {
    await writeSome();
    const { records } = await open();
    expect(sizes(records)).toEqual(SOME);
    expect(records.findOne({ name: 'changed' })?.size).toBe(20);
    expect(records.find({ size: { $gt: 3 } })).toHaveLength(2);
    expect(records.findOne({ name: 'removed' })).toBeNull();
    // A number is given once, also when what had it is gone.
    records.insert({ name: 'removed', size: 6 });
    expect(records.findOne({ name: 'removed' })).toMatchObject({ $loki: 6 });
  });

  test('writes what changes and not what is there', async () => {
    const { records, journal } = await open();
    records.insert({ name: 'first', size: 1 });
    await journal.flush();
    const whole = await stat(file);
    const one = await told();
    for (let count = 1; count <= 100; count += 1) {
      records.insert({ name: `x${String(count).padStart(4, '0')}`, size: 1 });
      await journal.flush();
    }
    expect((await stat(file)).ino).toBe(whole.ino);
    expect((await told()) / 101).toBeLessThan(one * 1.2);
  });

  test('is not led astray by a last line that is torn, wherever that is', async () => {
    await writeSome();
    const [name = ''] = await journals();
    const line = (await readFile(path.join(directory, name), 'utf8')).split('\n').at(-2) ?? '';
    for (const end of [1, Math.floor(line.length / 2), line.length - 1]) {
      await appendFile(path.join(directory, `records.json.journal-7`), line.replace('"last"', '"torn"').slice(0, end));
      expect(sizes((await open()).records)).toEqual(SOME);
    }
  });

  test('ends at the same records when it is told again over newer ones, as after a start that was cut off', async () => {
    await writeSome();
    const [name = ''] = await journals();
    const text = await readFile(path.join(directory, name));
    await open();
    expect(await journals()).toEqual([]);
    await appendFile(path.join(directory, name), text);
    expect(sizes((await open()).records)).toEqual(SOME);
  });

  test('is given up for records that are written whole when it has become larger than these, and at an orderly end', async () => {
    const { records, journal } = await open();
    records.insert({ name: 'large', size: 0 });
    for (let size = 1; size <= 200; size += 1) {
      records.update({ ...records.findOne({ name: 'large' }), size, text: 'x'.repeat(20_000) } as Found);
      await journal.flush();
    }
    expect(await told()).toBeLessThan(2_000_000);
    expect(sizes((await open()).records)).toEqual({ large: 200 });
    const last = await open();
    last.records.insert({ name: 'more', size: 1 });
    await last.journal.end();
    expect(await journals()).toEqual([]);
    expect(sizes((await open()).records)).toEqual({ large: 200, more: 1 });
  });

  test('that cannot be written says so to whoever waits, and makes up for it with the next change', async () => {
    const { records, journal } = await open();
    await rm(directory, { recursive: true });
    records.insert({ name: 'refused', size: 1 });
    await expect(journal.flush()).rejects.toThrow('ENOENT');
    await expect(journal.flush()).rejects.toThrow('ENOENT');
    await mkdir(directory);
    records.insert({ name: 'later', size: 2 });
    await journal.flush();
    expect(sizes((await open()).records)).toEqual({ refused: 1, later: 2 });
  });
});
