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

const LIMITS: LogLimits = { lines: 200_000, characters: 64 << 20 };
/** Colours and the like, which are for terminals. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');
/** How soon lines are told of: a few at once, a flood a few times a second. */
const SOON_MS = 40;
const FLOOD_MS = 150;
const FLOOD_LINES = 200;

/** What was last looked for, and where lines hold it. */
interface Found {
  readonly needle: string;
  /** By their numbers among all that ever came. */
  readonly places: number[];
  /** The place up to which lines were looked at. */
  readonly end: number;
  readonly forgotten: number;
  /** The same as places among those that are here. */
  readonly indexes: readonly number[];
}

const NOTHING: readonly number[] = [];
const NONE_FOUND: Found = { needle: '', places: [], end: 0, forgotten: 0, indexes: NOTHING };

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
  #found: Found = NONE_FOUND;

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

  /**
   * Where lines hold a text, in any case of its letters, by their indexes. Again after more lines: looks at those alone; for a
   * text that goes on as the one before: at what held that. The same answer is the same array.
   */
  find(text: string): readonly number[] {
    const needle = text.toLowerCase();
    const { forgotten, count } = this.#kept;
    const end = forgotten + count;
    const found = this.#found;
    if (needle === '') {
      this.#found = { ...found, needle, places: [], end: 0 };
      return NOTHING;
    }
    if (found.needle === needle && found.end === end && found.forgotten === forgotten) return found.indexes;
    const holds = (place: number) =>
      this.at(place - forgotten)
        ?.text.toLowerCase()
        .includes(needle) === true;
    const isNarrower = found.needle !== '' && needle.includes(found.needle);
    const first = found.places.findIndex((place) => place >= forgotten);
    const before = first < 0 || !isNarrower ? [] : first === 0 ? found.places : found.places.slice(first);
    const places = needle === found.needle ? before : before.filter(holds);
    for (let place = Math.max(isNarrower ? found.end : 0, forgotten); place < end; place += 1) {
      if (holds(place)) places.push(place);
    }
    const indexes = forgotten === 0 ? [...places] : places.map((place) => place - forgotten);
    this.#found = { needle, places, end, forgotten, indexes };
    return indexes;
  }

  #clear(): void {
    this.#kept = new Kept(this.#limits);
    if (this.#waiting !== null) this.#waiting = new Kept(this.#limits);
    this.#found = NONE_FOUND;
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
