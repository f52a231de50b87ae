export { every } from '../machine/every.ts';
