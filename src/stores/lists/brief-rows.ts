/** How brief rows are read, and made into records. */
export interface BriefRows<Record, Columns> {
  /** What to select. */
  readonly columns: Columns;
  /** A record that has these properties alone: to ask for another is a fault, and says so. */
  toRecord(row: object): Record;
}

/** Of a noun with these columns the ones of these names, in records of the noun; `made`: what its records make of columns. */
export function createBriefRows<Record extends object, Columns extends object>(
  columns: Columns,
  names: readonly (keyof Columns & keyof Record & string)[],
  made: readonly (keyof Record & string)[] = [],
): BriefRows<Record, Columns> {
  class Brief {
    [name: string]: unknown;

    constructor(row: Readonly<{ [name: string]: unknown }>) {
      for (const name of names as readonly string[]) this[name] = row[name];
    }
  }
  for (const name of [...Object.keys(columns), ...made]) {
    if ((names as readonly string[]).includes(name)) continue;
    Object.defineProperty(Brief.prototype, name, {
      get() {
        throw new Error(`${name} was not read`);
      },
    });
  }
  const selected = Object.fromEntries(names.map((name) => [name, columns[name]]));
  return {
    columns: selected as Columns,
    toRecord: (row) => new Brief(row as Readonly<{ [name: string]: unknown }>) as unknown as Record,
  };
}
