import { closeSync, constants, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isControlLine } from '../../../jobs/ports/job-protocol.ts';

const LONGEST_PROGRESS = 8_192;
/** Room for the error line, so that it can be written when what the program made has filled the disk. */
const ERROR_ROOM = 8_191;
const PROGRESS_FILE_BYTES = 256 * 1024;
/** A server may have its tools say something without end. */
const LOG_BYTES = 128 << 20;

/** Seconds since 1970, as every file of an attempt has them. */
export function timestamp(): string {
  return (Date.now() / 1000).toFixed(3);
}

/** Writes a file whole, by a rename. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Keeps what one attempt says: its log, progress, result and error, each in a file of the directory. */
export interface AttemptRecord {
  take(line: string): void;
  close(): void;
}

/** A full disk ends the record of a line, and nothing else. */
function tolerant(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** `logBytes`: what the log may have; what is said beyond is left out, and the log says so. */
export function openAttemptRecord(directory: string, logBytes = LOG_BYTES): AttemptRecord {
  const at = (name: string) => path.join(directory, name);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
  const log = openSync(at('log'), flags, 0o600);
  let progress = openSync(at('progress'), flags, 0o600);
  let logged = 0;
  let progressBytes = 0;
  let lastProgress = '';
  writeFileSync(at('error'), `${' '.repeat(ERROR_ROOM)}\n`, { mode: 0o600 });

  const takeProgress = (text: string) => {
    // Saying the same again is no sign of life.
    if (text === lastProgress || text.length > LONGEST_PROGRESS) return;
    lastProgress = text;
    const line = `${timestamp()} ${text}`;
    progressBytes += line.length + 1;
    if (progressBytes <= PROGRESS_FILE_BYTES) {
      writeSync(progress, `${line}\n`);
      return;
    }
    writeWhole(at('progress'), line);
    closeSync(progress);
    progress = openSync(at('progress'), flags, 0o600);
    progressBytes = line.length;
  };
  const takeLine = (text: string) => {
    if (logged > logBytes) return;
    const line = Buffer.from(`${timestamp()} ${text}\n`);
    logged += line.length;
    if (logged <= logBytes) writeSync(log, line);
    else writeSync(log, `${timestamp()} the log has ${logBytes} bytes: what is said from here on is left out\n`);
  };
  const takeError = (text: string) => {
    const bytes = Buffer.alloc(ERROR_ROOM, ' ');
    bytes.write(text.slice(0, ERROR_ROOM));
    const file = openSync(at('error'), constants.O_WRONLY);
    try {
      writeSync(file, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(file);
    }
  };

  return {
    take: (line) =>
      tolerant(() => {
        if (!isControlLine(line)) {
          takeLine(line);
          return;
        }
        const [, kind = '', text = ''] = /^\S+ (\S*) ?(.*)$/s.exec(line) ?? [];
        if (kind === 'progress') takeProgress(text);
        else if (kind === 'result') writeWhole(at('result'), text);
        else if (kind === 'error') takeError(text);
      }),
    close: () => {
      closeSync(log);
      closeSync(progress);
    },
  };
}
