import { buildParameterRecord, type ParameterPair } from '../schema/rules/parameter-rules.ts';

type Parameters = Readonly<Record<string, string>>;

/** Parameters of an input, checked before, in the form that records have; what was not given stays not given. */
export function readParameters(parameters: readonly ParameterPair[] | null | undefined): Parameters | null | undefined {
  return parameters == null ? parameters : buildParameterRecord(parameters);
}

/** Parameters of a record as clients see them, in an order that does not change. */
export function listParameters(parameters: Parameters): ParameterPair[] {
  return Object.entries(parameters)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
