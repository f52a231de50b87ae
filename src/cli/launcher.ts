import path from 'node:path';

/** The program that starts every command. The path holds from here and from a bundle, which lies as deep. */
export const LAUNCHER = path.join(import.meta.dirname, '../../src/toygres.sh');
