import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names whose values are never written, at whatever depth callers put them. */
const SECRET_NAMES = ['password', 'sas', 'token', 'authorization', 'connectionString', 'secrets', 'encryptionKey'];

/**
 * Writes one JSON object a line to stderr, so that what a command prints on stdout stays clean. Secrets are left out by
 * name. Lines that cannot be written (a full disk, a terminal that was closed) are lost, and nothing else is.
 */
export function createLogger(level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  destination.on('error', () => undefined);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination,
  );
}
