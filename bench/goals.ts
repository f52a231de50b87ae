import type { Section } from './options.ts';

/** What a measurement is to come to, for each section and the name of its measurement; as a ratio where it has a peer. */
export const GOALS: Partial<Record<Section, Readonly<Record<string, number>>>> = {
  image: { image: 0.4, 'restore into a new server': 0.5, stored: 1.1 },
  tables: { image: 1, 'restore into a new server': 0.6, 'seconds of a look through 10,000 tables': 1 },
  objects: { image: 0.5, 'restore into a new server': 0.8 },
  small: { 'beyond the tools: an image': 2, 'beyond the tools: a restore': 2 },
  logs: { 'the job takes longer by': 1, 'memory a follower': 150, 'the last line is there after the end': 5 },
  api: { 'a page at 1 connection': 1, 'a page at 10 connections': 1 },
  // Nine tenths of the throughput.
  beside: { 'a transaction beside an image held to 8MB a second': 1 / 0.9 },
  physical: { image: 0.6, 'restore into a new server': 1, stored: 1.1 },
};
