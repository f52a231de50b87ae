import DataLoader from 'dataloader';

export interface ListOfParent {
  readonly parentId: string;
  readonly first: number;
}

export type ListLoader<T> = DataLoader<ListOfParent, readonly T[], string>;

/** Loads the newest of each of many parents: one call for each length that is asked for, whatever the number of parents. */
export function createListLoader<T>(
  read: (parentIds: readonly string[], first: number) => Promise<readonly (readonly T[])[]>,
): ListLoader<T> {
  async function load(asked: readonly ListOfParent[]): Promise<(readonly T[])[]> {
    const byLength = Map.groupBy(asked, ({ first }) => first);
    const answers = new Map<string, readonly T[]>();
    await Promise.all(
      [...byLength].map(async ([first, of]) => {
        const lists = await read(
          of.map(({ parentId }) => parentId),
          first,
        );
        of.forEach(({ parentId }, index) => {
          answers.set(`${parentId} ${first}`, lists[index] ?? []);
        });
      }),
    );
    return asked.map(({ parentId, first }) => answers.get(`${parentId} ${first}`) ?? []);
  }
  return new DataLoader(load, { cacheKeyFn: ({ parentId, first }) => `${parentId} ${first}` });
}
