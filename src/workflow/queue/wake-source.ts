/** The channels that the triggers of the CMS notify. */
export const WORK_CHANNEL = 'toygres_work';
export const EVENTS_CHANNEL = 'toygres_events';

/** Hints that something may be new. The tables tell the truth; whoever listens also looks by itself now and then. */
export interface WakeSource {
  /**
   * Calls back with the payload of each notification, and with null when some may have been missed. Answers with the way
   * to end it.
   */
  subscribe(channel: string, onNotify: (payload: string | null) => void): () => void;
}
