import type { Command, Option } from 'commander';

/** A word that may come next, and what it is for. */
export interface Word {
  readonly text: string;
  /** The same option in one letter: `-o`. */
  readonly short?: string;
  readonly about: string;
  /** An option that takes a value: these, or whatever somebody writes. */
  readonly values?: readonly string[];
}

/** Where somebody is on a command line: the commands so far, and what may follow. */
export interface Place {
  readonly words: string;
  readonly next: readonly Word[];
}

/** Programs beside the client commands, which the launcher starts. */
const PROGRAMS: readonly (readonly [words: string, about: string])[] = [
  ['standalone', 'run a server: API and workers in one process'],
  ['api', 'run the API alone'],
  ['worker', 'run the workers alone'],
  ['demo', 'see one at work'],
  ['catalog', 'records of images, from the blob store'],
  ['catalog rebuild', 'record the images that the database of records has lost'],
  ['catalog adopt', "take over the instances of another platform's id"],
  ['catalog key', "print the key of an encrypted image's files"],
  ['keys', 'keys of what is encrypted'],
  ['keys rotate', 'encrypt anew with the newest key'],
  ['keys wrap', 'have a vault wrap a key'],
];

const HELP: Word = { text: '--help', about: 'what it does, and its options' };

function wordOf(option: Option): Word {
  const takesValue = option.required || option.optional;
  const values = option.attributeName() === 'output' ? ['table', 'json', 'id'] : [];
  return {
    text: option.long ?? option.short ?? '',
    about: option.description,
    ...(option.short !== undefined && option.long !== undefined ? { short: option.short } : {}),
    ...(takesValue ? { values } : {}),
  };
}

const optionsOf = (command: Command) => command.options.map(wordOf).filter(({ text }) => text !== '');

/** Every place of a program, each with what may follow there: commands first, then options, those of the program everywhere. */
export function placesOf(program: Command): readonly Place[] {
  const all = optionsOf(program);
  const everywhere = [...all.filter(({ text }) => text !== '--version'), HELP];
  const walk = (command: Command, path: readonly string[]): readonly Place[] => {
    const commands = command.commands.map((one) => ({ text: one.name(), about: one.description() }));
    const options = path.length === 0 ? [...all, HELP] : [...optionsOf(command), ...everywhere];
    return [
      { words: path.join(' '), next: [...commands, ...options] },
      ...command.commands.flatMap((one) => walk(one, [...path, one.name()])),
    ];
  };
  return withPrograms(walk(program, []));
}

function withPrograms(places: readonly Place[]): readonly Place[] {
  const known = new Map(places.map((place) => [place.words, place]));
  for (const [words, about] of PROGRAMS) {
    const at = words.lastIndexOf(' ');
    const above = at < 0 ? '' : words.slice(0, at);
    const place = known.get(above);
    if (place !== undefined)
      known.set(above, { ...place, next: [{ text: words.slice(at + 1), about }, ...place.next] });
    known.set(words, { words, next: [HELP] });
  }
  return [...known.values()];
}

/**
 * Options after which anything may stand, wherever they are taken, so that nothing is offered there. Files are completed by
 * the shells themselves.
 */
export function freeOptions(places: readonly Place[]): readonly string[] {
  const all = places.flatMap(({ next }) => next);
  const others = new Set(all.filter(({ values }) => values?.length !== 0).map(({ text }) => text));
  const free = new Set(all.map(({ text }) => text).filter((text) => !others.has(text)));
  return [...free].filter((text) => text !== '--token-file');
}
