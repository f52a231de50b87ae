import { UsageError } from './exit-codes.ts';

/** `team=shop` as a label. Throws UsageError. */
export function parseLabel(text: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`"${text}" is no label: write it as key=value.`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

/** `work_mem=64MB` as a parameter of PostgreSQL. Throws UsageError. */
export function parseParameter(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`"${text}" is no parameter: write it as name=value.`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A whole number of an option. Throws UsageError. */
export function parseWhole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} ${text}: is a whole number.`);
  return Number(text);
}

/** `yes` or `no` of an option. Throws UsageError. */
export function parseYesNo(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (!/^(yes|no)$/.test(text)) throw new UsageError(`${name} is yes or no.`);
  return text === 'yes';
}

/** A value of an enum as the API spells it, in whichever case and with "-", "." or "_": the server says what there is. */
export function parseEnum<Value extends string>(text: string): Value {
  return text.toUpperCase().replace(/[-.]/g, '_') as Value;
}

/** Collects values of an enum. */
export function collectEnum(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, parseEnum(value)];
}

/** What of `input` was given: what is undefined is left out, so that the server's own defaults hold. */
export function given<Input extends object>(input: Input): { [Name in keyof Input]: Exclude<Input[Name], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as never;
}
