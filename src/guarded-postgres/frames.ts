/** One message of a server: a letter, and what follows its length. */
export interface Frame {
  readonly type: number;
  readonly body: Buffer;
  /** The whole message as it came, header included. */
  readonly bytes: Buffer;
}

/** What a server said is no message of PostgreSQL's protocol, or more than was to be answered. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const HEADER_BYTES = 5;

/**
 * Cuts what a server sends into messages. `limit` is asked before a byte of a message is kept: how many bytes one of that
 * type may have. Throws ProtocolError for a length that cannot be, or that is over the limit.
 */
export class FrameReader {
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(private readonly limit: (type: number) => number) {}

  *take(chunk: Buffer): Generator<Frame> {
    this.kept.push(chunk);
    this.keptBytes += chunk.length;
    while (this.keptBytes >= HEADER_BYTES) {
      const head = this.join(HEADER_BYTES);
      const type = head.readUInt8(0);
      const length = head.readUInt32BE(1);
      if (length < 4) throw new ProtocolError('the server sent a message that is none');
      if (length - 4 > this.limit(type)) throw new ProtocolError('the server answered with more than it may');
      const whole = length + 1;
      if (this.keptBytes < whole) return;
      const joined = this.join(whole);
      const bytes = joined.subarray(0, whole);
      const rest = joined.subarray(whole);
      this.kept[0] = rest;
      if (rest.length === 0) this.kept.shift();
      this.keptBytes -= whole;
      yield { type, body: bytes.subarray(HEADER_BYTES), bytes };
    }
  }

  /** The first of what is kept, with at least so many bytes in one piece; what lies behind them is not copied. */
  private join(bytes: number): Buffer {
    const first = this.kept[0] ?? Buffer.alloc(0);
    if (first.length >= bytes) return first;
    const whole = Buffer.concat(this.kept, bytes);
    let missing = bytes;
    const rest: Buffer[] = [];
    for (const one of this.kept) {
      if (missing < one.length) rest.push(one.subarray(missing));
      missing = Math.max(0, missing - one.length);
    }
    this.kept = [whole, ...rest];
    return whole;
  }
}
