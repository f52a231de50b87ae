import { type Logger as PinoLogger, pino } from 'pino';
import { formatForFiles, formatForPeople } from './human-lines.ts';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names whose values are never written, at whatever depth callers put them. */
const SECRET_NAMES = ['password', 'sas', 'token', 'authorization', 'connectionString', 'secrets', 'encryptionKey'];

/** Where the log goes: `json` an object a line, `people` as they read it. */
export type LogForm = 'json' | 'people';

/**
 * Writes one JSON object a line to stderr, so that what a command prints on stdout stays clean; to a terminal, lines for
 * people. Secrets are left out by name. Lines that cannot be written (a full disk, a terminal that was closed) are lost, and
 * nothing else is.
 */
export function createLogger(level: LogLevel, form: LogForm = 'json'): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  destination.on('error', () => undefined);
  const format = form === 'json' ? formatForFiles : formatForPeople;
  const stream = { write: (line: string) => void destination.write(format(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    stream,
  );
}
