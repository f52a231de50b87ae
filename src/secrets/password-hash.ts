import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';

// What OWASP asks for at the least: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Hashes at a time: each takes 19 MiB and one of the few threads that files and look-ups of names need as well. */
const AT_ONCE = 2;
const WAITING_MAX = 50;

const derive = promisify((parameters: Argon2Parameters, done: (error: Error | null, tag: Buffer) => void) =>
  argon2('argon2id', parameters, done),
);

/** Makes and checks hashes of passwords by Argon2id, a few at a time. */
export interface PasswordHasher {
  /** The hash with its salt and parameters in PHC's form. UNAVAILABLE when too many wait already. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed. Against null, which nobody's password is, it takes as long and
   * answers false. UNAVAILABLE when too many wait already.
   */
  matches(password: string, hash: string | null): Promise<boolean>;
}

interface Parts {
  readonly parameters: Omit<Argon2Parameters, 'message'>;
  readonly tag: Buffer;
}

const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function parseHash(hash: string): Parts {
  const [, memory, passes, lanes, salt = '', tag = ''] = FORM.exec(hash) ?? [];
  if (memory === undefined) throw new Error('a stored hash of a password is out of form');
  const expected = Buffer.from(tag, 'base64');
  const nonce = Buffer.from(salt, 'base64');
  return {
    parameters: {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(lanes),
      nonce,
      tagLength: expected.length,
    },
    tag: expected,
  };
}

const withoutPadding = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** One for each process. */
export function createPasswordHasher(): PasswordHasher {
  const waiting: (() => void)[] = [];
  let running = 0;
  // What unknown users are measured against.
  const nobody: Parts = {
    parameters: {
      memory: MEMORY_KIB,
      passes: PASSES,
      parallelism: LANES,
      nonce: randomBytes(SALT_BYTES),
      tagLength: TAG_BYTES,
    },
    tag: randomBytes(TAG_BYTES),
  };

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING_MAX) {
        throw new AppError('UNAVAILABLE', 'Too many sign-ins are under way: try again in a few seconds.');
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    async hash(password) {
      const { parameters } = nobody;
      const nonce = randomBytes(SALT_BYTES);
      const tag = await inTurn(() => derive({ ...parameters, nonce, message: password }));
      return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${withoutPadding(nonce)}$${withoutPadding(tag)}`;
    },
    async matches(password, hash) {
      const { parameters, tag } = hash === null ? nobody : parseHash(hash);
      const given = await inTurn(() => derive({ ...parameters, message: password }));
      return timingSafeEqual(given, tag) && hash !== null;
    },
  };
}
