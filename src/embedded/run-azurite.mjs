// Runs Azurite's blob service in this process: run-azurite.mjs MAIN USER ARGUMENT... where USER is UID:GID, or - for our own.
// Its files are loaded as root, since that user may not enter the directory where they lie; nothing of it has run by then but
// what loading runs. It stays below that user's rights: nothing it does later is done as root.
//
// Left to itself it keeps what it was told in memory for up to five seconds, and a kill loses it: blobs of an image that is
// called good, and policies that grants name. Here it answers when what it changed is in a file, but for blocks of a blob that
// is not committed yet.
import { createRequire } from 'node:module';
import path from 'node:path';
import { openJournal } from './azurite-journal.mjs';

const [main, user] = process.argv.splice(2, 2);
process.argv[1] = main;
const require = createRequire(main);

// Half of what it loads is for telemetry, which is off.
const telemetry = require.resolve('applicationinsights');
require.cache[telemetry] = { id: telemetry, filename: telemetry, loaded: true, children: [], exports: {} };

/** What changes a container or a blob. Blocks may be lost: an upload that was cut off by the end of its store begins again. */
const CHANGES =
  /^(create|delete|set|appendBlock|commitBlockList|copyFromURL|startCopyFromURL|uploadPages|clearRange|resize|updateSequence|seal)/;
const journals = new Map();

function wrap(prototype, name, wrapped) {
  const original = prototype[name];
  prototype[name] = async function (...given) {
    return await wrapped.call(this, () => original.apply(this, given));
  };
}

function keepRecords(prototype, changes) {
  wrap(prototype, 'init', async function (init) {
    await init();
    journals.set(this.db, await openJournal(this.db));
  });
  wrap(prototype, 'close', async function (close) {
    await close();
    await journals.get(this.db)?.end();
  });
  for (const name of changes) {
    wrap(prototype, name, async (change) => {
      const result = await change();
      await Promise.all([...journals.values()].map((journal) => journal.flush()));
      return result;
    });
  }
}

const load = (file) => require(path.resolve(path.dirname(main), file)).default;
if (!process.argv.includes('--inMemoryPersistence')) {
  const blobs = load('persistence/LokiBlobMetadataStore.js').prototype;
  keepRecords(
    blobs,
    Object.getOwnPropertyNames(blobs).filter((name) => CHANGES.test(name)),
  );
  // Written before the blob that lies in it, and kept with that.
  keepRecords(load('../common/persistence/LokiExtentMetadataStore.js').prototype, []);
}

require(main);
if (user !== '-') {
  const [uid, gid] = user.split(':').map(Number);
  process.setgroups([gid]);
  process.setgid(gid);
  process.setuid(uid);
}
