import * as z from 'zod';

/** Columns of answers, which come as texts: each of them is what it says, or the answer is refused. */
const BIGGEST = BigInt(Number.MAX_SAFE_INTEGER);

const integer = z
  .string()
  .regex(/^-?\d{1,16}$/)
  .refine((text) => BigInt(text) <= BIGGEST && BigInt(text) >= -BIGGEST)
  .transform(Number);

export const oid = z
  .string()
  .regex(/^[1-9]\d{0,9}$/)
  .transform(Number)
  .pipe(z.number().max(0xffffffff));
/** Bytes, rows and the like. */
export const count = integer.pipe(z.number().nonnegative());
export const whole = integer;
export const flag = z.enum(['t', 'f']).transform((text) => text === 't');
/** The name of an encoding, as PostgreSQL spells it. */
export const encoding = z.string().regex(/^[A-Za-z0-9_]{1,32}$/);
/** Text for people. */
export const words = z.string().max(1 << 20);
/** Bytes as hex. */
export const hexBytes = z
  .string()
  .regex(/^([0-9a-f]{2})*$/)
  .transform((hex) => Buffer.from(hex, 'hex'));
/** The identifier of an exported snapshot, which becomes an argument of pg_dump. */
export const snapshotId = z.string().regex(/^[0-9A-F]{1,16}-[0-9A-F]{1,16}-\d{1,10}$/);
