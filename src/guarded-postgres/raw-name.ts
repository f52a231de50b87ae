import { isUtf8 } from 'node:buffer';
import * as z from 'zod';

/**
 * A name as the bytes of the catalogue. Databases of several encodings share the cluster's catalogues, and a database
 * without an encoding may hold anything: a name is compared and quoted by its bytes, and its text is for people.
 */
export class RawName {
  private constructor(readonly bytes: Buffer) {}

  static of(name: Buffer | string): RawName {
    return new RawName(Buffer.from(name));
  }

  /** Two names are the same one when these are. */
  get key(): string {
    return this.bytes.toString('latin1');
  }
  /** For people: what is no UTF-8 is shown as if every byte were a character. */
  get text(): string {
    return this.bytes.toString(this.isUtf8 ? 'utf8' : 'latin1');
  }
  get isUtf8(): boolean {
    return isUtf8(this.bytes);
  }
}

/** A column that the question encoded with `encode(textsend(name), 'hex')`. */
export const hexName = z
  .string()
  .max(8_192)
  .regex(/^([0-9a-f]{2})*$/)
  .transform((hex) => RawName.of(Buffer.from(hex, 'hex')));
