import { registerEnumType } from 'type-graphql';

type EnumObject<T extends readonly string[]> = { readonly [K in T[number]]: K };

/**
 * Registers an enumeration with its values in the order of the contract; the same strings stand in the database. Every value
 * must have its meaning.
 */
export function enumOf<const T extends readonly string[]>(
  name: string,
  description: string,
  values: T,
  meanings: Readonly<Record<T[number], string>>,
): EnumObject<T> {
  const object = Object.fromEntries(values.map((value) => [value, value])) as EnumObject<T>;
  const described = values.map((value: T[number]) => [value, { description: meanings[value] }]);
  registerEnumType(object, { name, description, valuesConfig: Object.fromEntries(described) });
  return object;
}
