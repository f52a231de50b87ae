type Data = Readonly<Record<string, unknown>>;

/** What came of putting a record into data. */
export interface Merged {
  /** The same object where nothing changed. */
  readonly data: unknown;
  /** Whether the record is anywhere in it. */
  readonly found: boolean;
  /** Whether its state is another now, so that what is worked out from it may be, too. */
  readonly moved: boolean;
}

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What both have, as `news` has it; what only `old` has stays. */
function overlay(old: Data, news: Data): Data {
  let next: Record<string, unknown> | null = null;
  for (const [key, value] of Object.entries(news)) {
    if (!(key in old)) continue;
    const before = old[key];
    if (isData(before) && isData(value) && before.id !== value.id) continue;
    const after = isData(before) && isData(value) ? overlay(before, value) : value;
    if (Object.is(after, before) || JSON.stringify(after) === JSON.stringify(before)) continue;
    next ??= { ...old };
    next[key] = after;
  }
  return next ?? old;
}

/** Whether a record is of an earlier time than what is known of it, where both say of which. */
function isOlder(record: Data, known: Data): boolean {
  const [at, knownAt] = [record.updatedAt, known.updatedAt];
  return typeof at === 'string' && typeof knownAt === 'string' && Date.parse(at) < Date.parse(knownAt);
}

/**
 * Puts a record that changed wherever it stands in the answer of a query: ids are unique over all types. Fields that the
 * answer has not are left out, fields that the record has not stay. A record that is older than the one that stands there changes
 * nothing.
 */
export function mergeRecord(data: unknown, record: Data & { readonly id: string }): Merged {
  let found = false;
  let moved = false;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      let next: unknown[] | null = null;
      for (const [index, item] of value.entries()) {
        const walked = walk(item);
        if (walked === item) continue;
        next ??= [...value];
        next[index] = walked;
      }
      return next ?? value;
    }
    if (!isData(value)) return value;
    let next: Record<string, unknown> | null = null;
    for (const [key, item] of Object.entries(value)) {
      const walked = walk(item);
      if (walked === item) continue;
      next ??= { ...value };
      next[key] = walked;
    }
    const walked: Data = next ?? value;
    if (walked.id !== record.id) return walked;
    found = true;
    if (isOlder(record, walked)) return walked;
    if ('state' in walked && 'state' in record && walked.state !== record.state) moved = true;
    return overlay(walked, record);
  };
  return { data: walk(data), found, moved };
}
