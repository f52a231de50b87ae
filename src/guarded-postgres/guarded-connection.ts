import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { giveBack } from '../machine/give-back.ts';
import { isWellFormed } from './frame-shapes.ts';
import { type Frame, FrameReader, ProtocolError } from './frames.ts';
import type { RawName } from './raw-name.ts';
import { ServerError } from './server-error.ts';

/** How a session begins; names are sent as their bytes. */
export interface Startup {
  readonly user: string;
  readonly database: RawName;
  readonly applicationName: string;
  readonly options: string;
  /** A session of the streaming replication protocol: no database, and answers of any size in messages of a megabyte. */
  readonly isReplication?: boolean;
}

const LOGIN_BYTES = 32 << 10;
const WORDS_BYTES = 1 << 20;
/** Errors and notices of one answer, in all. */
const ALL_WORDS_BYTES = 16 << 20;
/** What one of them costs besides its bytes. */
const WORDS_COST = 256;
/**
 * Messages of one answer that are no rows, at least, and for how many bytes of its budget there is another one: a server may
 * be sent many statements at once, and messages that hold nothing could come without end.
 */
const LEAST_MESSAGES = 1_000;
const BYTES_A_MESSAGE = 256;
const AUTHENTICATION = 'R'.charCodeAt(0);
const WORDS = new Set([...'EN'].map((letter) => letter.charCodeAt(0)));
const DATA = new Set([...'Dd'].map((letter) => letter.charCodeAt(0)));
const READY = 'Z'.charCodeAt(0);
const COPY_DATA = 'd'.charCodeAt(0);

/** Ways to log in that do not hand over a password: none asked for, and the three messages of SCRAM. */
const SAFE_LOGINS = new Set([0, 10, 11, 12]);

/** What the library has beside its types. */
interface Inner {
  attachListeners(stream: Duplex | EventEmitter): void;
  startup(): void;
  readonly stream: Duplex;
}

/**
 * The client library's connection behind a guard: what the server sends reaches the parser only as whole messages of their
 * right shape and within a budget, and a login by anything but SCRAM ends before a byte of an answer is sent.
 */
export class GuardedConnection extends pg.Connection {
  /** Bytes that the answer may still have. */
  private budget = LOGIN_BYTES;
  /** And errors and notices beside it. */
  private words = WORDS_BYTES + WORDS_COST;
  private messages = LEAST_MESSAGES;
  private isReady = false;
  private hasAsked = false;

  constructor(
    private readonly startupOf: Startup,
    config?: pg.ConnectionConfig,
  ) {
    super(config);
  }

  /** Whether the server wanted to know a password before it let anybody in. */
  get askedForPassword(): boolean {
    return this.hasAsked;
  }

  /** What the next answer may have in all, in bytes. */
  allow(bytes: number): void {
    this.budget = bytes;
    this.words = Math.min(ALL_WORDS_BYTES, Math.max(WORDS_BYTES, bytes)) + WORDS_COST;
    this.messages = Math.max(LEAST_MESSAGES, bytes / BYTES_A_MESSAGE);
  }

  /** Sends a statement byte for byte. */
  sendQuery(text: Buffer): void {
    if (text.includes(0)) throw new TypeError('a statement holds a NUL');
    this.send('Q', Buffer.concat([text, Buffer.from([0])]));
  }

  /** Resolves when nothing looks at the bytes any more: they are gone, or the session is. */
  sendCopyData(chunk: Buffer): Promise<void> {
    const { stream } = this as unknown as Inner;
    if (!stream.writable) return Promise.resolve();
    return new Promise((resolve) => {
      stream.cork();
      stream.write(headOf('d', chunk));
      stream.write(chunk, () => resolve());
      stream.uncork();
    });
  }

  send(type: string, body: Buffer): boolean {
    const { stream } = this as unknown as Inner;
    if (!stream.writable) return false;
    stream.write(headOf(type, body));
    return stream.write(body);
  }

  /** Ends it at once, without a goodbye. */
  destroy(cause?: Error): void {
    (this as unknown as Inner).stream.destroy(cause);
  }

  /** Overrides the library's, which sends UTF-8 and asks for it. */
  startup(): void {
    const { user, database, applicationName, options } = this.startupOf;
    const mode = this.startupOf.isReplication === true ? ['replication', 'true'] : ['database', database.bytes];
    const fields = ['user', user, ...mode, 'application_name', applicationName, 'options', options];
    const end = Buffer.from([0]);
    const body = Buffer.concat([
      Buffer.from([0, 3, 0, 0]),
      ...fields.flatMap((field) => [Buffer.from(field), end]),
      end,
    ]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length + 4);
    (this as unknown as Inner).stream.write(Buffer.concat([head, body]));
  }

  /** Overrides the library's, which parses whatever comes. */
  attachListeners(stream: Duplex): void {
    const checked = new EventEmitter();
    const inherited = pg.Connection.prototype as unknown as Inner;
    inherited.attachListeners.call(this, checked);
    const isReplication = this.startupOf.isReplication === true;
    const largest = isReplication ? WORDS_BYTES : Number.POSITIVE_INFINITY;
    const frames = new FrameReader((type) => (WORDS.has(type) ? WORDS_BYTES : Math.min(this.budget, largest)), {
      isPassing: isReplication,
    });
    stream.on('data', (chunk: Buffer) => {
      // Whatever the parser does not expect ends this session and nothing else.
      try {
        for (const frame of frames.take(chunk)) {
          if (stream.destroyed) return;
          this.check(frame);
          // All of a cluster comes so: the parser would copy it once more, and has nothing to parse. It is good until the next.
          if (isReplication && frame.type === COPY_DATA) this.emit('copyData', { name: 'copyData', chunk: frame.body });
          else checked.emit('data', isReplication ? Buffer.from(frame.bytes) : frame.bytes);
        }
        if (isReplication) giveBack(chunk);
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new ProtocolError('the server sent a message that is none'));
      }
    });
    stream.on('end', () => checked.emit('end'));
  }

  private check({ type, body }: Frame): void {
    if (WORDS.has(type)) this.words -= body.length + WORDS_COST;
    else this.budget -= body.length;
    if (!WORDS.has(type) && !DATA.has(type)) this.messages -= 1;
    if (this.words < 0 || this.messages < 0) throw new ProtocolError('the server answered with more than it may');
    if (type === AUTHENTICATION) {
      const way = body.length < 4 ? -1 : body.readUInt32BE(0);
      if (this.isReady || !SAFE_LOGINS.has(way)) {
        throw new ServerError({
          code: '28000',
          severity: 'FATAL',
          message:
            'the server asks for the password in a way that gives it away (only SCRAM-SHA-256 is answered); nothing was sent',
          hint: 'Let pg_hba.conf ask for scram-sha-256, and set the password again where its verifier is of another kind.',
        });
      }
      this.hasAsked ||= way !== 0;
    }
    if (!isWellFormed(type, body)) throw new ProtocolError('the server sent a message that is none');
    if (type === READY) this.isReady = true;
  }
}

function headOf(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return head;
}
