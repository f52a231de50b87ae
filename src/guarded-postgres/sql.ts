import type { RawName } from './raw-name.ts';

/** Text of SQL as it goes to the server, byte for byte. */
export type Sql = string | Buffer;

function quoted(bytes: Buffer, quote: '"' | "'"): Buffer {
  const text = bytes.toString('latin1');
  if (text.includes('\0')) throw new TypeError('a name or value holds a NUL');
  return Buffer.from(`${quote}${text.replaceAll(quote, quote + quote)}${quote}`, 'latin1');
}

/** The name as an identifier, always in quotes. Encodings of servers have no quote inside of a character. */
export function quoteIdentifier(name: RawName): Buffer {
  return quoted(name.bytes, '"');
}

/** The value as a literal, for sessions with standard_conforming_strings, as all of ours are. */
export function quoteLiteral(value: string | Buffer): Buffer {
  return quoted(Buffer.from(value), "'");
}

/** Puts a statement together: what stands between the parts must be quoted already. */
export function sql(parts: TemplateStringsArray, ...values: readonly Sql[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => [Buffer.from(part), Buffer.from(values[index] ?? '')]));
}

/** Names between dots, each quoted: schema and table. */
export function qualified(...names: readonly RawName[]): Buffer {
  return Buffer.concat(
    names.flatMap((name, index) => [...(index === 0 ? [] : [Buffer.from('.')]), quoteIdentifier(name)]),
  );
}
