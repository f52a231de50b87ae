/** Something that is asked of the records, by its name. */
export interface RecordCall {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** It looks at every instance that lives, as health checks do, and at nothing that is over. */
  readonly looksAtAllLive?: true;
}
