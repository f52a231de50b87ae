/** Reads a message's body and notes when it asks for what is not there. */
class Body {
  at = 0;
  whole = true;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.whole && this.at === this.bytes.length;
  }

  byte(): number {
    return this.number(1, () => this.bytes.readUInt8(this.at));
  }
  int16(): number {
    return this.number(2, () => this.bytes.readInt16BE(this.at));
  }
  int32(): number {
    return this.number(4, () => this.bytes.readInt32BE(this.at));
  }
  skip(count: number): void {
    if (count < 0 || this.at + count > this.bytes.length) this.whole = false;
    else this.at += count;
  }
  /** Whether it held anything. */
  text(): boolean {
    const end = this.bytes.indexOf(0, this.at);
    if (end === -1) {
      this.whole = false;
      return false;
    }
    const held = end > this.at;
    this.at = end + 1;
    return held;
  }

  private number(size: number, read: () => number): number {
    if (!this.whole || this.at + size > this.bytes.length) {
      this.whole = false;
      return 0;
    }
    const value = read();
    this.at += size;
    return value;
  }
}

const texts = (count: number) => (body: Body) => {
  for (let index = 0; index < count; index += 1) body.text();
};

function fields(body: Body): void {
  while (body.whole && body.byte() !== 0) body.text();
}

function columns(body: Body): void {
  const count = body.int16();
  if (count < 0) body.whole = false;
  for (let index = 0; body.whole && index < count; index += 1) {
    body.text();
    body.skip(18);
  }
}

function row(body: Body): void {
  const count = body.int16();
  if (count < 0) body.whole = false;
  for (let index = 0; body.whole && index < count; index += 1) {
    const length = body.int32();
    if (length !== -1) body.skip(length);
  }
}

function copyHead(body: Body): void {
  body.byte();
  const count = body.int16();
  body.skip(count * 2);
}

function authentication(body: Body): void {
  const code = body.int32();
  if (code === 10) while (body.whole && body.text());
  else if (code === 11 || code === 12) body.at = Infinity;
}

const anything = (body: Body) => {
  body.at = Infinity;
};
const nothing = () => undefined;

/** What a server may say, by the letter of the message. */
const SHAPES: Readonly<Record<string, (body: Body) => void>> = {
  R: authentication,
  S: texts(2),
  K: (body) => {
    body.skip(8);
    // A longer key from protocol 3.2 on.
    body.at = Infinity;
  },
  Z: (body) => body.skip(1),
  E: fields,
  N: fields,
  A: (body) => {
    body.skip(4);
    texts(2)(body);
  },
  T: columns,
  D: row,
  C: texts(1),
  I: nothing,
  H: copyHead,
  G: copyHead,
  d: anything,
  c: nothing,
  1: nothing,
  2: nothing,
  3: nothing,
  n: nothing,
  s: nothing,
};

/**
 * Whether a message has the shape that its type has: counts, lengths and ends of texts fit into it exactly. The parser of
 * the client library reads on past the end of one that has not, some of them for ever.
 */
export function isWellFormed(type: number, bytes: Buffer): boolean {
  const read = SHAPES[String.fromCharCode(type)];
  if (read === undefined) return false;
  const body = new Body(bytes);
  read(body);
  return body.whole && (body.at === Infinity || body.isAtEnd);
}
