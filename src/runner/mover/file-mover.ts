/** A file of an image as it was written or read, with its hashes. */
export interface MovedFile {
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** Hex. */
  readonly sha256: string;
}

/** A file of the image as it stands in the store: the name and the bytes there, encrypted where the image is. */
export interface StoredFile extends MovedFile {
  /** Relative to the image's prefix, with `/`. */
  readonly name: string;
}

/** What a file of the image must be: named as the worker names it, its size and digest those of the bytes in the store. */
export interface WantedFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A file that was brought here; it may be read and not changed. Size and digests are those of the bytes in the store. */
export interface ReceivedFile extends MovedFile {
  /** Relative to the image's prefix, with `/`. */
  readonly name: string;
  readonly path: string;
}

/**
 * `send`: bytes that have reached the store so far, over all files. `receive`: bytes that have come from it, of the call
 * that is under way; `total` once the store has listed them. `hash`: bytes of the received files that were read and hashed.
 */
export interface MoveProgress {
  readonly stage: 'send' | 'receive' | 'hash';
  readonly bytes: number;
  readonly total: number | null;
}

/** How the mover signs in to the store: by a signature, or as what the cluster made of its service account. */
export interface Login {
  readonly kind: 'signature' | 'workload identity';
  /** One line for the log. */
  readonly description: string;
  /** Through which the store is reached, without who signs in to that; null: directly. */
  readonly proxy: string | null;
}

/**
 * The image's files in the blob store, for programs that have no grant to reach it themselves: another process moves them.
 *
 * Names are made of `A-Z a-z 0-9 . _ - /`, relative, without empty parts, `.` and `..`; anything else is refused.
 * Throws JobFailure with the store's own cause.
 */
export interface FileMover {
  /**
   * Gives away a finished file of the scratch directory: from then on it is the mover's, and its room is freed. Resolves
   * with what is stored of it when it was read, which may be long before it is in the store; waits while too much is on its
   * way. A name is taken once an attempt. May be called while other uploads wait.
   */
  upload(localPath: string, name: string): Promise<StoredFile>;
  /** Resolves when everything that was given so far is in the store. */
  settle(): Promise<void>;
  /**
   * Brings every file of the image here, without its manifest, and gives them, hashed, in the order of names. Rejects with
   * a final failure for a name that no image holds. They lie as the image has them below one directory.
   */
  receiveAll(): Promise<readonly ReceivedFile[]>;
  /** Brings one file here. */
  receive(name: string): Promise<ReceivedFile>;
  /** Removes a received file when it is not needed any more, to free its room. */
  release(name: string): Promise<void>;
  /**
   * Writes a file while its bytes come, in blocks that go up side by side. It is in the store, whole, when this resolves, and
   * not at all when it rejects, or the content does.
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /**
   * Reads a file in order, in ranges that come down side by side. Throws at its end when it is not what it must be: what was
   * given before that is not to be used.
   */
  read(file: WantedFile): AsyncIterable<Uint8Array>;
  /** Called as bytes move, until the returned function is called. */
  onProgress(listener: (progress: MoveProgress) => void): () => void;
  /** The version of azcopy that the mover has; throws a final JobFailure when it cannot be run. */
  readToolVersion(): Promise<string>;
  /** How it signs in. Throws a final JobFailure that says what is missing. */
  readLogin(): Promise<Login>;
}
