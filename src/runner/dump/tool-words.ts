import { firstError } from '../programs/real-error.ts';

const KEPT_AT_MOST = 1_000;

/** Keeps what a tool of PostgreSQL says of errors, and leaves out what it says of its work. */
export interface ToolWords {
  /** Whether the line is one of an error, and not of the work. */
  take(line: string): boolean;
  /** The first error with the server's detail and hint; nothing where there is none. */
  cause(): string;
}

/** `tool` begins the lines of the tool's own. Object names stand in those of its work: they are no errors. */
export function createToolWords(tool: string): ToolWords {
  const lines: string[] = [];
  const ownWords = new RegExp(`^${tool}: (error|detail|hint|warning):`);
  return {
    take: (line) => {
      const isWork = line.startsWith(`${tool}: `) && !ownWords.test(line);
      if (isWork) return false;
      lines.push(line);
      // The first is the cause; the last words of one that talks much are kept as well.
      if (lines.length > KEPT_AT_MOST) lines.splice(KEPT_AT_MOST / 2, 1);
      return true;
    },
    cause: () => firstError(lines),
  };
}
