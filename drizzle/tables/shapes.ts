/** A failure as it stands in a row. */
export interface StoredFailure {
  readonly code: string;
  readonly message: string;
  readonly step: string | null;
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
