const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+)|([mkMGTPE]|[KMGTPE]i)?)$/;

/** The bytes that a quantity of Kubernetes says (`10Gi`, `5368709120`, `1.5e9`); null for what is none. */
export function parseQuantity(text: string | undefined): number | null {
  const [, number, exponent, suffix = ''] = QUANTITY.exec(text?.trim() ?? '') ?? [];
  if (number === undefined) return null;
  if (exponent !== undefined) return Number(number) * 10 ** Number(exponent);
  const factor = SUFFIXES[suffix];
  return factor === undefined ? null : Number(number) * factor;
}
