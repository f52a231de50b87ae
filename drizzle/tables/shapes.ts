/** A failure as it stands in a row. */
export interface StoredFailure {
  readonly code: string;
  readonly message: string;
  readonly step: string | null;
}

/** What an image holds of pg_durable, as it stands in its row. */
export interface StoredDurable {
  readonly database: string;
  readonly version: string;
  readonly unfinished: number;
  readonly functions: { readonly id: string; readonly label: string | null; readonly status: string }[];
}

/** A step's progress as it stands in a row and in an event. */
export interface StoredProgress {
  readonly percent: number | null;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly message: string | null;
}
