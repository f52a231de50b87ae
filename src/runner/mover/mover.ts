import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Proxies } from '../../machine/proxies.ts';
import { createStoreConnections } from '../../machine/store-connections.ts';
import { JobFailure } from '../attempt/failure.ts';
import type { Programs } from '../programs/run-program.ts';
import { type Azcopy, createAzcopy } from './azcopy.ts';
import { type Door, openDoor } from './door.ts';
import type { Login, MoveProgress, ReceivedFile, StoredFile } from './file-mover.ts';
import { type ImagePlace, readImagePlace } from './image-place.ts';
import { readLogin } from './login.ts';
import { listReceived } from './received-files.ts';
import { createSealing } from './sealing.ts';
import type { Signature } from './signature.ts';
import type { openPlace } from './streams/open-place.ts';
import { createStreams, type Streams } from './streams/streams.ts';
import { openReceived, takeFile } from './take-file.ts';

/** The store itself gives up on a request after 30 s, a list of blocks after 60, and says so; who is still silent then is gone. */
const SILENT_MS = 65_000;
/** Below so many bytes a copy waits for more: every call of azcopy takes some two seconds, however small. */
const WORTH_A_COPY = 8 << 20;
/** What may be on its way at most, so that scratch space is freed as files go. */
const UNDER_WAY_AT_MOST = 256 << 20;

export interface MoverOptions {
  readonly imageUrl: string;
  /** Signatures to write and to read with; null: it signs in by what its environment says. */
  readonly uploadSignature: Signature | null;
  readonly downloadSignature: Signature | null;
  /** The identity that the image's files are encrypted for, a secret; null: they are stored as they are. */
  readonly fileKey: string | null;
  /** Where offered files lie; another user writes in it. */
  readonly exchange: string;
  /** Where received files are put; another user may read in it. */
  readonly received: string;
  /** Of our own alone. */
  readonly directory: string;
  readonly largestFileBytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly proxies: Proxies;
  readonly programs: Programs;
  readonly log: (text: string) => void;
  readonly onProgress: (progress: MoveProgress) => void;
}

/** What the mover does for the worker, and nothing else. Throws JobFailure. */
export interface Mover {
  upload(file: string, name: string): Promise<StoredFile>;
  settle(): Promise<void>;
  receive(name: string | null): Promise<readonly ReceivedFile[]>;
  release(name: string): Promise<void>;
  readonly streams: Streams;
  readToolVersion(): Promise<string>;
  readLogin(): Promise<Login>;
  stop(): Promise<void>;
}

type Direction = 'up' | 'down';

const DOWNLOAD = ['--from-to=BlobLocal'];
/** It is the control plane's and no part of the image. */
const NO_MANIFEST = ['--exclude-regex=^manifest\\.json$'];

/** The client of the store is loaded for streams alone: it is most of what a mover would load. */
const openAt: typeof openPlace = async (...where) => (await import('./streams/open-place.ts')).openPlace(...where);

export function createMover(options: MoverOptions): Mover {
  const { exchange, received, directory, environment, proxies } = options;
  const found = readImagePlace(options.imageUrl);
  if (found === null) throw new JobFailure('parameter TOYGRES_IMAGE_URL is missing or not understood', { final: true });
  const place: ImagePlace = found;
  const sealing = createSealing(options.fileKey);
  const connections = createStoreConnections(proxies, SILENT_MS);
  const doors = new Map<Direction, Promise<Door>>();
  const outbox = path.join(directory, 'outbox');
  const names = new Set<string>();
  const here = new Set<string>();
  let sent = 0;
  let streamed = 0;
  let batch = 0;
  let [gathered, underWay] = [0, 0];
  let copying: Promise<void> = Promise.resolve();
  let isCopying = false;
  let failure: unknown = null;
  const room = new Set<() => void>();

  const signatureFor = (direction: Direction) =>
    direction === 'up' ? options.uploadSignature : (options.downloadSignature ?? options.uploadSignature);
  const doorOf = (direction: Direction, signature: string): Promise<Door> => {
    const door = doors.get(direction) ?? openDoor({ place, signature, connections });
    doors.set(direction, door);
    return door;
  };
  /** The image's URL for azcopy, and why it cannot be reached. */
  async function wayOf(direction: Direction): Promise<Pick<Door, 'imageUrl' | 'failure'>> {
    const signature = signatureFor(direction);
    if (typeof signature === 'string') return doorOf(direction, signature);
    if (signature !== null) throw new JobFailure('the job may read files of its image one by one', { final: true });
    const url = `${place.account}/${place.container}/${place.prefix.slice(0, -1)}`;
    return { imageUrl: (name) => (name === '' ? url : `${url}/${name}`), failure: () => null };
  }
  const azcopyOf = async (direction: Direction): Promise<Azcopy> =>
    createAzcopy({
      programs: options.programs,
      directory,
      failure: (await wayOf(direction)).failure,
      log: options.log,
    });
  const tellSent = (bytes: number) => {
    sent = Math.max(sent, bytes);
    options.onProgress({ stage: 'send', bytes: sent, total: null });
  };
  const batchDirectory = () => path.join(outbox, String(batch));

  const streams = createStreams({
    sealing,
    openToWrite: () => openAt(place, signatureFor('up'), connections),
    openToRead: () => openAt(place, signatureFor('down'), connections),
    onSent: (bytes) => tellSent(sent + bytes),
    onReceived: (bytes) => {
      streamed += bytes;
      options.onProgress({ stage: 'receive', bytes: streamed, total: null });
    },
  });

  async function copyBatches(): Promise<void> {
    while (gathered > 0) {
      const [from, bytes] = [batchDirectory(), gathered];
      batch += 1;
      gathered = 0;
      const way = await wayOf('up');
      const args = [`${from}/*`, way.imageUrl(''), '--recursive', '--put-md5', '--check-length=false'];
      const azcopy = await azcopyOf('up');
      const before = sent;
      await azcopy.copy([...args, '--from-to=LocalBlob'], (done) => tellSent(before + done));
      tellSent(before + bytes);
      await rm(from, { recursive: true, force: true });
      underWay -= bytes;
      for (const enter of room) enter();
    }
  }

  function beginCopy(): void {
    if (isCopying) return;
    isCopying = true;
    copying = copyBatches()
      .catch((error: unknown) => {
        failure ??= error;
        for (const enter of room) enter();
      })
      .finally(() => {
        isCopying = false;
      });
  }

  async function waitForRoom(): Promise<void> {
    while (failure === null && underWay > UNDER_WAY_AT_MOST) {
      beginCopy();
      await new Promise<void>((resolve) => {
        const enter = () => {
          room.delete(enter);
          resolve();
        };
        room.add(enter);
      });
    }
    if (failure !== null) throw failure;
  }

  async function hashAll(found: readonly string[]): Promise<ReceivedFile[]> {
    const files: ReceivedFile[] = [];
    let bytes = 0;
    for (const storedName of found) {
      const name = sealing.plainName(storedName);
      const target = path.join(received, name);
      const facts = await openReceived(storedName, path.join(received, storedName), target, sealing, (more) => {
        bytes += more;
        options.onProgress({ stage: 'hash', bytes, total: null });
      });
      here.add(name);
      files.push({ name, path: target, ...facts });
    }
    return files;
  }

  return {
    upload: async (file, name) => {
      if (names.has(name)) throw new JobFailure(`${name} was uploaded already`, { final: true });
      names.add(name);
      await waitForRoom();
      // The batch may be on its way before the file is whole: it is made elsewhere.
      const whole = path.join(directory, 'taken', file);
      const facts = await takeFile(path.join(exchange, file), whole, options.largestFileBytes, sealing);
      const storedName = sealing.storedName(name);
      const target = path.join(batchDirectory(), storedName);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await rename(whole, target);
      // An empty file has to go as well.
      gathered += Math.max(1, facts.sizeBytes);
      underWay += Math.max(1, facts.sizeBytes);
      if (gathered >= WORTH_A_COPY) beginCopy();
      return { name: storedName, ...facts };
    },
    settle: async () => {
      while (failure === null && (isCopying || gathered > 0)) {
        beginCopy();
        await copying;
      }
      if (failure !== null) throw failure;
    },
    receive: async (name) => {
      const way = await wayOf('down');
      const azcopy = await azcopyOf('down');
      const tell = (bytes: number, total: number | null) => options.onProgress({ stage: 'receive', bytes, total });
      if (name === null) {
        await azcopy.copy([way.imageUrl('*'), received, '--recursive', ...DOWNLOAD, ...NO_MANIFEST], tell);
      } else {
        const target = path.join(received, sealing.storedName(name));
        await mkdir(path.dirname(target), { recursive: true, mode: 0o750 });
        await azcopy.copy([way.imageUrl(sealing.storedName(name)), target, ...DOWNLOAD], tell);
      }
      const found = name === null ? await listReceived(received) : [sealing.storedName(name)];
      return hashAll(found);
    },
    release: async (name) => {
      if (!here.delete(name)) throw new JobFailure(`${name} was not received`);
      await rm(path.join(received, name), { force: true });
    },
    readToolVersion: async () => (await azcopyOf('down')).readVersion(),
    readLogin: () =>
      readLogin({
        isSigned: (options.uploadSignature ?? options.downloadSignature) !== null,
        environment,
        proxy: proxies.find(place.account),
      }),
    streams,
    stop: async () => {
      streams.stop();
      for (const door of doors.values()) await (await door).stop();
      connections.stop();
    },
  };
}
