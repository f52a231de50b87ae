/** Hints that rows have changed; whoever listens also looks by itself now and then. */
export interface ChangeSource {
  /**
   * Calls back with the payload of each notification (`instance:<id>`), and with null when some may have been missed.
   * Answers with the way to end it.
   */
  subscribe(channel: string, onNotify: (payload: string | null) => void): () => void;
}
