const KEY = '"line":';

/** The number behind the key at this place of a message. */
function numberAt(message: Buffer, at: number): number {
  return Number.parseInt(message.toString('latin1', at + KEY.length, at + KEY.length + 10), 10);
}

/** Holds against each other what followers get: every line once, in its order. */
export interface LineCounter {
  onMessage(message: Buffer, follower: number): void;
  readonly messages: number;
  /** The lines that each has by now. */
  readonly lines: readonly number[];
  /** The first line that was missed, or came twice, or why there are none. */
  readonly fault: string | null;
}

export function countLines(followers: number): LineCounter {
  const lines = Array.from({ length: followers }, () => 0);
  let messages = 0;
  let fault: string | null = null;
  return {
    lines,
    get messages() {
      return messages;
    },
    get fault() {
      return fault;
    },
    onMessage(message, follower) {
      const first = message.indexOf(KEY);
      if (first === -1) {
        if (message.includes('"type":"error"')) fault ??= `follower ${follower}: ${message}`;
        return;
      }
      messages += 1;
      const [had, next] = [lines[follower] ?? 0, numberAt(message, first)];
      if (next !== had + 1) fault ??= `follower ${follower} had ${had} lines and got line ${next} next`;
      lines[follower] = numberAt(message, message.lastIndexOf(KEY));
    },
  };
}
