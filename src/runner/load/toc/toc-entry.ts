/** When an entry may be loaded: what the data needs, the data, and what needs the data. */
export type Section = 'NONE' | 'PRE_DATA' | 'DATA' | 'POST_DATA';

/**
 * One entry of a dump's table of contents. Its texts are bytes of the database's encoding, one byte a character
 * (`latin1`): they are cut and sent as they are, and decoded for people alone.
 */
export interface TocEntry {
  readonly id: number;
  /** `TABLE`, `FK CONSTRAINT`, `TABLE DATA` ... as pg_dump writes it. */
  readonly kind: string;
  readonly section: Section;
  /** The name, as it is in the catalogue; for some kinds with the table's before it. */
  readonly tag: string;
  readonly namespace: string | null;
  readonly owner: string | null;
  readonly accessMethod: string | null;
  /** `p` for a partitioned table, from the format of version 17 on. */
  readonly relationKind: string | null;
  readonly define: string;
  readonly drop: string;
  /** `COPY ... FROM stdin;`, empty where the data is no table's. */
  readonly copy: string;
  readonly dependsOn: readonly number[];
  /** The name of the file that holds its data, without the suffix of its compression; null where it has none. */
  readonly file: string | null;
}

/** A dump's table of contents. */
export interface Toc {
  /** As SET client_encoding takes it. */
  readonly encoding: string;
  readonly standardStrings: boolean;
  readonly serverVersion: string;
  /** In the order in which all they depend on comes first. */
  readonly entries: readonly TocEntry[];
}
