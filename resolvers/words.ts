/** How every list describes its arguments. */
export const FIRST = 'How many at most, 1 to 100. Left out: 20.';
export const AFTER = 'The cursor after which the page begins; left out: at the newest.';

/** How every mutation describes its argument. */
export const INPUT = 'What is asked for.';
