/** A query that answers two text columns: what the fact is about, and what is so. */
export interface FactQuery {
  readonly topic: string;
  readonly sql: string;
}
