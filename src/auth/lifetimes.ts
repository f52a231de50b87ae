/** How long a session lasts, whatever is done with it. */
export const SESSION_LIFE_SECONDS = 7 * 24 * 3600;
/** How long a session lasts without being used. */
export const SESSION_IDLE_SECONDS = 8 * 3600;
