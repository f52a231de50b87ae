/** On which nodes pods may run, and how urgent they are. */
export interface Placement {
  /** Labels that a node must carry; empty: any node. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Taints that are no hindrance. */
  readonly tolerations: readonly Toleration[];
  /** Null: the cluster's default. */
  readonly priorityClass: string | null;
}

export interface Toleration {
  readonly key: string;
  /** Null: whatever it is. */
  readonly value: string | null;
  /** Null: whatever it does. */
  readonly effect: string | null;
}

const KEY = '(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const VALUE = '[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const LABEL = new RegExp(`^(${KEY})=(${VALUE})$`);
const TOLERATION = new RegExp(`^(${KEY})(?:=(${VALUE}))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$`);

/** Reads `pool=databases`; null when it is not that. */
export function parseNodeLabel(text: string): readonly [string, string] | null {
  const [, key, value] = LABEL.exec(text) ?? [];
  return key === undefined || value === undefined ? null : [key, value];
}

/** Reads `dedicated=databases:NoSchedule`, of which value and effect may be left out; null when it is not that. */
export function parseToleration(text: string): Toleration | null {
  const [, key, value = null, effect = null] = TOLERATION.exec(text) ?? [];
  return key === undefined ? null : { key, value, effect };
}

/** Whether one that inputs may name takes this one in: what it leaves open may be whatever it is. */
export function covers(allowed: Toleration, { key, value, effect }: Toleration): boolean {
  return (
    allowed.key === key &&
    (allowed.value === null || allowed.value === value) &&
    (allowed.effect === null || allowed.effect === effect)
  );
}
