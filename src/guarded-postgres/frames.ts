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

export interface FrameOptions {
  /**
   * Nothing of what came is held on to between two calls, and a frame is good only until the next is asked for. Whoever takes
   * a cluster so leaves nothing to collect.
   */
  readonly isPassing?: boolean;
}

/**
 * Cuts what a server sends into messages. `limit` is asked before a byte of a message is kept: how many bytes one of that
 * type may have. Throws ProtocolError for a length that cannot be, or that is over the limit.
 */
export class FrameReader {
  private kept: Buffer[] = [];
  private keptBytes = 0;
  /** Where what is kept lies while it passes. */
  private own = Buffer.alloc(0);

  constructor(
    private readonly limit: (type: number) => number,
    private readonly options: FrameOptions = {},
  ) {}

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
      if (this.keptBytes < whole) break;
      const joined = this.join(whole);
      const bytes = joined.subarray(0, whole);
      const rest = joined.subarray(whole);
      this.kept[0] = rest;
      if (rest.length === 0) this.kept.shift();
      this.keptBytes -= whole;
      yield { type, body: bytes.subarray(HEADER_BYTES), bytes };
    }
    if (this.options.isPassing === true) this.kept = this.keptBytes === 0 ? [] : [this.gather(this.keptBytes)];
  }

  /** The first of what is kept, with at least so many bytes in one piece; what lies behind them is not copied. */
  private join(bytes: number): Buffer {
    const first = this.kept[0] ?? Buffer.alloc(0);
    if (first.length >= bytes) return first;
    const whole = this.gather(bytes);
    let missing = bytes;
    const rest: Buffer[] = [];
    for (const one of this.kept) {
      if (missing < one.length) rest.push(one.subarray(missing));
      missing = Math.max(0, missing - one.length);
    }
    this.kept = [whole, ...rest];
    return whole;
  }

  /** So many of what is kept, in one piece. */
  private gather(bytes: number): Buffer {
    if (this.options.isPassing !== true) return Buffer.concat(this.kept, bytes);
    const target = bytes <= this.own.length ? this.own : Buffer.allocUnsafeSlow(2 * bytes);
    let at = 0;
    // What lies in `own` already lies at its beginning, and is the first.
    for (const one of this.kept) at += at < bytes ? one.copy(target, at, 0, bytes - at) : 0;
    this.own = target;
    return target.subarray(0, bytes);
  }
}
