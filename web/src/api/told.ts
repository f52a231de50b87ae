import { mergeRecord } from './merge.ts';

type Told = Readonly<Record<string, unknown>> & { readonly id: string };

/** So many are remembered; an answer that takes longer than all of them were told is asked for again in any case. */
const REMEMBERED = 500;

/** What was told last of each record, and when. */
export interface ToldRecords {
  note(record: Told, now: number): void;
  /** An answer to what was asked at that time, with what was told of its records since: the answer may be older than that. */
  update<Data>(answer: Data, askedAt: number): Data;
}

/**
 * Keeps an answer that was long on its way from bringing back what has changed meanwhile. Where the answer is the younger one, what
 * made it so is told next.
 */
export function createToldRecords(): ToldRecords {
  const told = new Map<string, { readonly record: Told; readonly at: number }>();
  return {
    note(record, now) {
      told.delete(record.id);
      told.set(record.id, { record, at: now });
      for (const [oldest] of told) {
        if (told.size <= REMEMBERED) break;
        told.delete(oldest);
      }
    },
    update(answer, askedAt) {
      let data: unknown = answer;
      for (const { record, at } of told.values()) if (at >= askedAt) data = mergeRecord(data, record).data;
      return data as typeof answer;
    },
  };
}
