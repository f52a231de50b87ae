/** Something that users make on a server, and what an image of each method makes of it. */
export interface HeldCase {
  /** The first cell of its row in `docs/what-an-image-holds.md`. */
  readonly row: string;
  /** Statements in the database `postgres`, before its own database is there; `DB` is that one's name. */
  readonly server?: string;
  /** Statements in a database of its own. */
  readonly make?: string;
  /** Statements in `postgres` when all is made: what would keep the other statements from being run. */
  readonly spoil?: string;
  /** What is compared, in its own database. */
  readonly check: string;
  /** The answer on a LOGICAL copy where it is another than on the source. */
  readonly becomes?: readonly Record<string, unknown>[];
  /** The same on a PHYSICAL copy. */
  readonly becomesPhysical?: readonly Record<string, unknown>[];
  /** What is said of it when images are taken and restored: `SEVERITY CODE object`; of the server behind a `/`. */
  readonly logical?: readonly string[];
  readonly physical?: readonly string[];
  /** What is said of that on which it hangs, on a LOGICAL copy. */
  readonly beside?: readonly string[];
  /** An extension that this machine may lack. */
  readonly needs?: string;
}
