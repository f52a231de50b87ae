import { mergeRecord } from './merge.ts';

/** An answer that is kept, as far as it matters what a change does to it. */
export interface KeptAnswer {
  readonly data: unknown;
  /** Whose changes may make it another one. */
  readonly nouns: readonly string[];
  /** The id of the record that it is all about; left out: it is a list, or a sum of many. */
  readonly about?: string | undefined;
}

/** A record as it was told to have changed. */
export type ChangedRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** What a change does to an answer. */
export interface Effect {
  /** With the record in it; the same object where nothing changed. */
  readonly data: unknown;
  /** It may be another one by now, beyond what was told: it is to be asked for again. */
  readonly isOld: boolean;
}

/** So many records are remembered; who is told of a forgotten one again asks once more than needed. */
const REMEMBERED = 2_000;

function mentions(value: unknown, id: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ((value as { id?: unknown }).id === id) return true;
  return Object.values(value).some((one) => mentions(one, id));
}

/**
 * Judges what changes do to answers. An operation that goes on is told with all that moves, many times: it makes lists old when
 * it is new, or in another state, and no more often. The other nouns have what is worked out from elsewhere: each change of one
 * makes old what has to do with it.
 */
export function createJudge(): (noun: string, record: ChangedRecord) => (answer: KeptAnswer) => Effect {
  const states = new Map<string, unknown>();
  return (noun, record) => {
    const isNews = !states.has(record.id) || states.get(record.id) !== record.state;
    states.delete(record.id);
    states.set(record.id, record.state);
    for (const [oldest] of states) {
      if (states.size <= REMEMBERED) break;
      states.delete(oldest);
    }
    return ({ data: before, nouns, about }) => {
      const { data, found, moved } = mergeRecord(before, record);
      if (!nouns.includes(noun)) return { data, isOld: false };
      if (about !== undefined && !found && !mentions(record, about)) return { data, isOld: false };
      return { data, isOld: noun !== 'operation' || moved || (isNews && !found) };
    };
  };
}
