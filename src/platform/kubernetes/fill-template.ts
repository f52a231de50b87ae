import { parse } from 'yaml';

/** What a value of a manifest may be. */
export type ManifestValue = string | number | boolean | null | readonly ManifestValue[] | ManifestFields;
export interface ManifestFields {
  readonly [name: string]: ManifestValue;
}

/** What the placeholders of a template stand for. A placeholder that is all of its string may stand for any value. */
export type TemplateValues = ManifestFields;

const WHOLE = /^\{\{(\w+)\}\}$/;
const ANY = /\{\{(\w+)\}\}/g;

function readValue(values: TemplateValues, name: string): ManifestValue {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new Error(`the template asks for ${name}, which nobody gave`);
  return value;
}

function fillString(text: string, values: TemplateValues): ManifestValue {
  const [, whole] = WHOLE.exec(text) ?? [];
  if (whole !== undefined) return readValue(values, whole);
  return text.replace(ANY, (_, name: string) => {
    const value = readValue(values, name);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new Error(`${name} cannot be a part of a string`);
  });
}

function fill(node: unknown, values: TemplateValues): ManifestValue {
  if (typeof node === 'string') return fillString(node, values);
  if (Array.isArray(node)) return node.map((item) => fill(item, values));
  if (typeof node !== 'object' || node === null) return node as ManifestValue;
  const fields = Object.entries(node).map(([name, value]) => [name, fill(value, values)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}

/**
 * A manifest from a YAML template: parsed first, then its string nodes are filled, `'{{name}}'` by the value of that name.
 * What is filled in is never read again, neither as YAML nor as a placeholder, so no text can change the structure.
 * A field whose value is null is left out. Throws for a placeholder without value: that is a fault of ours.
 */
export function fillTemplate(yaml: string, values: TemplateValues): ManifestFields {
  return fill(parse(yaml), values) as ManifestFields;
}
