/** So many are named; of the others their number. */
export const NAMED_AT_MOST = 10;

/** Counts large objects, and keeps the first of their ids. */
export function createTally() {
  const first: number[] = [];
  let count = 0;
  return {
    add(id: number): void {
      count += 1;
      if (count <= NAMED_AT_MOST) first.push(id);
    },
    get count(): number {
      return count;
    },
    /** `12 large objects WORDS: 1, 2, 3` */
    describe: (words: string) => `${count} large objects ${words}: ${first.join(', ')}`,
  };
}
