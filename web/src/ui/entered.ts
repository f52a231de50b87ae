/** What somebody has changed in a form of a record, field by field; what is left out is as the record has it. */
export type Entered<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] };

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype;

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * The fields of `next` that are not as in the record. Whoever sends these alone undoes nothing of what others do to the record
 * meanwhile. Of objects only their fields that differ.
 */
export function enteredOf<Fields extends object>(record: Fields, next: Fields): Entered<Fields> {
  const [old, news] = [record as Plain, next as Plain];
  const entries = Object.keys(news).flatMap((name): readonly (readonly [string, unknown])[] => {
    const [before, after] = [old[name], news[name]];
    if (isSame(before, after)) return [];
    return [[name, isPlain(before) && isPlain(after) ? enteredOf(before, after) : after]];
  });
  return Object.fromEntries(entries) as Entered<Fields>;
}

/** The record as it is now, with what was entered: what a form shows. */
export function withEntered<Fields extends object>(record: Fields, entered: Entered<Fields>): Fields {
  const shown: Record<string, unknown> = { ...(record as Plain) };
  for (const [name, value] of Object.entries(entered)) {
    const before = shown[name];
    shown[name] = isPlain(before) && isPlain(value) ? withEntered(before, value) : value;
  }
  return shown as Fields;
}
