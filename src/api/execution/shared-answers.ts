/** Answers that were made for one follower of a thing and are good for the others. */
export interface SharedAnswers {
  /**
   * The answer for this thing and key, made now unless it was made lately. `isFixed`: it says nothing but what the thing says,
   * which does not change, so that it is good for as long as it is kept.
   */
  share(thing: object, key: string, isFixed: boolean, make: () => Promise<Buffer>): Promise<Buffer>;
}

interface Answer {
  readonly json: Promise<Buffer>;
  readonly until: number;
}

/** An answer that goes, with its bytes, when the thing that it is of does. */
interface Kept {
  readonly of: WeakRef<Map<string, Answer>>;
  readonly key: string;
  readonly answer: WeakRef<Answer>;
  readonly bytes: number;
}

/** What an answer takes besides its own bytes. */
const ENTRY_BYTES = 500;

/** Shares answers for some time, keeps the newest of them up to so many bytes, and none longer than what they are of. */
export function createSharedAnswers(forMs: number, bytesAtMost: number): SharedAnswers {
  const answers = new WeakMap<object, Map<string, Answer>>();
  const kept = new Set<Kept>();
  let bytes = 0;

  function keep(added: Kept): void {
    kept.add(added);
    bytes += added.bytes;
    for (const oldest of kept) {
      if (bytes <= bytesAtMost || kept.size === 1) return;
      kept.delete(oldest);
      bytes -= oldest.bytes;
      forget(oldest.of.deref(), oldest.key, oldest.answer.deref());
    }
  }

  return {
    share(thing, key, isFixed, make) {
      const byKey = answers.get(thing) ?? new Map<string, Answer>();
      const known = byKey.get(key);
      const now = performance.now();
      if (known !== undefined && now < known.until) return known.json;
      const answer = { json: make(), until: isFixed ? Number.POSITIVE_INFINITY : now + forMs };
      byKey.set(key, answer);
      answers.set(thing, byKey);
      answer.json.then(
        ({ byteLength }) =>
          keep({ of: new WeakRef(byKey), key, answer: new WeakRef(answer), bytes: byteLength + ENTRY_BYTES }),
        () => forget(byKey, key, answer),
      );
      return answer.json;
    },
  };
}

/** Unless another one has taken its place. */
function forget(byKey: Map<string, Answer> | undefined, key: string, answer: Answer | undefined): void {
  if (answer !== undefined && byKey?.get(key) === answer) byKey.delete(key);
}
