// What Azurite's databases change, line by line in a file beside each, so that an acknowledged change costs its own size and
// not that of all records. Now and then, and at each start, all records are written whole, and what was told of them goes.
//
// A journal is told again from its beginning over records that may be newer than it: it ends at the same records, since each
// line says all of a document. A number in its name says which comes first. The last line may be torn: nobody was told of it.
import { appendFile, readdir, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Small records are written whole no more often than this. */
const SMALL_BYTES = 1 << 20;
const SUFFIX = '.journal-';

/** The journals of a database before a number, the oldest first. */
async function findJournals(file, before = Number.POSITIVE_INFINITY) {
  const prefix = `${path.basename(file)}${SUFFIX}`;
  const names = (await readdir(path.dirname(file))).filter((name) => name.startsWith(prefix));
  const numbers = names.map((name) => Number(name.slice(prefix.length))).filter((number) => number < before);
  return numbers.sort((a, b) => a - b).map((number) => `${file}${SUFFIX}${number}`);
}

/** The oldest first: what is left of them when this is cut off still ends at the newest records. */
async function removeAll(files) {
  for (const file of files) await unlink(file);
}

function* linesOf(text) {
  for (const line of text.split('\n')) {
    try {
      if (line !== '') yield JSON.parse(line);
    } catch {
      // Torn, by a kill or by a full disk, after which all records were written whole.
      return;
    }
  }
}

function putInto(collection, changes) {
  const documents = new Map(collection.data.map((document) => [document.$loki, document]));
  for (const { id, document } of changes) {
    if (document === undefined) documents.delete(id);
    else documents.set(id, document);
    collection.maxId = Math.max(collection.maxId, id);
  }
  collection.data = [...documents.values()].sort((a, b) => a.$loki - b.$loki);
  collection.idIndex = null;
  collection.ensureId();
  collection.ensureAllIndexes(true);
  for (const name of collection.uniqueNames) collection.ensureUniqueIndex(name);
  collection.dirty = true;
}

async function replay(database, files) {
  const changes = [];
  for (const file of files) for (const change of linesOf(await readFile(file, 'utf8'))) changes.push(change);
  for (const collection of database.collections) {
    putInto(
      collection,
      changes.filter(({ of }) => of === collection.name),
    );
  }
}

const saveWhole = (database) =>
  new Promise((resolve, reject) => {
    database.saveDatabase((error) => (error ? reject(error) : resolve()));
  });

/** Takes up what the last process was told of a database that is loaded, and keeps what is changed from now on. */
export async function openJournal(database) {
  const file = database.filename;
  const earlier = await findJournals(file);
  let number = 0;
  let lines = [];
  let bytes = 0;
  /** Something could not be written, and may stand there in part. */
  let isTorn = false;
  let turn = Promise.resolve();
  let next = null;

  database.autosaveDisable();
  if (earlier.length > 0) {
    await replay(database, earlier);
    await saveWhole(database);
    await removeAll(earlier);
  }
  let wholeBytes = (await stat(file)).size;

  async function write() {
    const text = lines.join('');
    lines = [];
    if (isTorn || bytes > Math.max(SMALL_BYTES, wholeBytes)) return startAnew();
    if (text === '') return;
    try {
      await appendFile(`${file}${SUFFIX}${number}`, text, { mode: 0o600 });
    } catch (error) {
      isTorn = true;
      throw error;
    }
    bytes += Buffer.byteLength(text);
  }

  async function startAnew() {
    // What is changed while the whole is on its way to the disk belongs into the next one.
    number += 1;
    isTorn = true;
    await saveWhole(database);
    await removeAll(await findJournals(file, number));
    wholeBytes = (await stat(file)).size;
    bytes = 0;
    isTorn = false;
  }

  /** Resolves when all that was changed by now is in a file. What is asked for in the same moment is written once. */
  function flush() {
    next ??= turn = turn
      .catch(() => undefined)
      .then(() => {
        next = null;
        return write();
      });
    return next;
  }

  function tell(change) {
    lines.push(`${JSON.stringify(change)}\n`);
    // What nobody waits for, as of blocks, is written soon, too. Whoever waits is told of the failure.
    flush().catch(() => undefined);
  }

  for (const collection of database.collections) {
    const of = collection.name;
    const put = (document) => tell({ of, id: document.$loki, document });
    collection.on('insert', (inserted) => [inserted].flat().forEach(put));
    collection.on('update', put);
    collection.on('delete', ({ $loki: id }) => tell({ of, id }));
  }

  return {
    flush,
    /** Leaves all records whole, and no journal. For when nothing is going to be changed any more. */
    async end() {
      await turn.catch(() => undefined);
      await startAnew();
    },
  };
}
