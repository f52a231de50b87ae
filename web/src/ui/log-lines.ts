/** A line of a log as it is shown. */
export interface ShownLine {
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

/** So many stay; the oldest go first. */
const MOST = 200_000;
/** Colours and the like, which are for terminals. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g');

/** The lines of one log, told of at most once a frame however fast they come. */
export class LogLines {
  #lines: ShownLine[] = [];
  #version = 0;
  #isDue = false;
  #listeners = new Set<() => void>();

  get all(): readonly ShownLine[] {
    return this.#lines;
  }

  readonly version = (): number => this.#version;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  put({ lines, replaces = false }: LogPart): void {
    if (replaces) this.#lines = [];
    for (const line of lines) this.#lines.push({ ...line, text: line.text.replace(ESCAPES, '') });
    if (this.#lines.length > MOST) this.#lines.splice(0, this.#lines.length - MOST);
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#version += 1;
      for (const tell of this.#listeners) tell();
    }, 50);
  }
}

/** Where lines hold a text, in any case of its letters, by their places. */
export function findLines(lines: readonly ShownLine[], needle: string): readonly number[] {
  if (needle === '') return [];
  const small = needle.toLowerCase();
  const found: number[] = [];
  for (const [index, { text }] of lines.entries()) if (text.toLowerCase().includes(small)) found.push(index);
  return found;
}
