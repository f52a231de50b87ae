/** A line of a log as it is shown. */
export interface ShownLine {
  /** 0: no line of the log, but a word about it. */
  readonly line: number;
  readonly at: string | null;
  readonly attempt?: number | null;
  readonly text: string;
}

/** Lines that came; with `replaces`, in place of all that came before. */
export interface LogPart {
  readonly lines: readonly ShownLine[];
  readonly replaces?: boolean;
}

/** How much of a log stays; the oldest goes first. */
export interface LogLimits {
  readonly lines: number;
  readonly characters: number;
}

const LIMITS: LogLimits = { lines: 100_000, characters: 32 << 20 };
/** Colours and the like, which are for terminals. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
/** How soon lines are told of: a few at once, a flood a few times a second. */
const SOON_MS = 40;
const FLOOD_MS = 150;
const FLOOD_LINES = 200;

/** The newest lines, within limits. */
class Kept {
  #lines: ShownLine[] = [];
  // What is forgotten stays in front until it is half of the list: each one taken away would move all others.
  #start = 0;
  #characters = 0;
  #limits: LogLimits;
  /** How many were here and are no more. */
  forgotten = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#lines.length - this.#start;
  }

  at(index: number): ShownLine | undefined {
    return this.#lines[this.#start + index];
  }

  push(line: ShownLine): void {
    this.#lines.push(line);
    this.#characters += line.text.length;
    while (this.count > this.#limits.lines || (this.#characters > this.#limits.characters && this.count > 1)) {
      this.#characters -= this.at(0)?.text.length ?? 0;
      this.#start += 1;
      this.forgotten += 1;
    }
    if (this.#start > 1000 && this.#start * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#start);
      this.#start = 0;
    }
  }

  all(): readonly ShownLine[] {
    return this.#lines.slice(this.#start);
  }
}

/**
 * The lines of one log in bounded memory, told of a few times a second however fast they come. While somebody reads them
 * they are held as they are: what comes meanwhile waits, within the same limits. What is left out is counted.
 */
export class LogLines {
  #limits: LogLimits;
  #kept: Kept;
  #waiting: Kept | null = null;
  #version = 0;
  #told = 0;
  #came = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();
  #needle = '';
  #found: number[] = [];
  #searched = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
    this.#kept = new Kept(limits);
  }

  get count(): number {
    return this.#kept.count;
  }

  /** How many came before the first that is here. */
  get forgotten(): number {
    return this.#kept.forgotten;
  }

  /** How many came while lines are held. */
  get waiting(): number {
    return this.#waiting === null ? 0 : this.#waiting.count + this.#waiting.forgotten;
  }

  readonly at = (index: number): ShownLine | undefined => this.#kept.at(index);

  all(): readonly ShownLine[] {
    return this.#kept.all();
  }

  readonly version = (): number => this.#version;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  put({ lines, replaces = false }: LogPart): void {
    if (replaces) this.#clear();
    const into = this.#waiting ?? this.#kept;
    for (const line of lines) into.push({ ...line, text: line.text.replace(ESCAPES, '') });
    this.#came += lines.length;
    const dueMs = this.#came > FLOOD_LINES ? FLOOD_MS : SOON_MS;
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, this.#told + dueMs - performance.now()));
  }

  /** Leaves what is here as it is, for somebody who reads it. */
  hold(): void {
    this.#waiting ??= new Kept(this.#limits);
  }

  /** Puts what came meanwhile behind it, and goes on. */
  release(): void {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    if (waiting.forgotten > 0) {
      // As much waits as is ever kept, and more came before it: nothing is left of what was held.
      waiting.forgotten += this.#kept.forgotten + this.#kept.count;
      this.#kept = waiting;
    } else {
      for (const line of waiting.all()) this.#kept.push(line);
    }
    this.#tell();
  }

  /** Where lines hold a text, in any case of its letters, by their places; again after more lines: looks at those alone. */
  find(text: string): readonly number[] {
    const needle = text.toLowerCase();
    if (needle !== this.#needle) {
      this.#needle = needle;
      this.#found = [];
      this.#searched = 0;
    }
    if (needle === '') return [];
    const { forgotten, count } = this.#kept;
    for (let place = Math.max(this.#searched, forgotten); place < forgotten + count; place += 1) {
      if (
        this.at(place - forgotten)
          ?.text.toLowerCase()
          .includes(needle)
      )
        this.#found.push(place);
    }
    this.#searched = forgotten + count;
    const first = this.#found.findIndex((place) => place >= forgotten);
    this.#found = first < 0 ? [] : first === 0 ? this.#found : this.#found.slice(first);
    return this.#found.map((place) => place - forgotten);
  }

  #clear(): void {
    this.#kept = new Kept(this.#limits);
    if (this.#waiting !== null) this.#waiting = new Kept(this.#limits);
    this.#needle = '';
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#came = 0;
    this.#told = performance.now();
    this.#version += 1;
    for (const tell of this.#listeners) tell();
  }
}
