/** One family of a page in Prometheus's text format, version 0.0.4. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** With the suffix that a histogram's parts have. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A page that was read, and found to be in form. */
export interface MetricsPage {
  readonly families: ReadonlyMap<string, Family>;
  /** The value of the one sample of this name that has these labels among its own; null when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | null;
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i;
const TYPES = ['counter', 'gauge', 'histogram'];

function fail(reason: string, line: string): never {
  throw new Error(`${reason}: ${line}`);
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = '', separator] = LABEL.exec(text) ?? fail('labels out of form', line);
    if (name in labels) fail('a label twice', line);
    if (separator === ',' && LABEL.lastIndex === text.length) fail('a comma too many', line);
    labels[name] = value.replace(/\\(.)/g, (_all, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

function readSample(line: string): Sample {
  const [, name = '', labels, text = ''] = SAMPLE.exec(line) ?? fail('neither comment nor sample', line);
  if (!NUMBER.test(text)) fail('no number', line);
  const value = Number(text.replace(/Inf$/, 'Infinity'));
  return { name, labels: labels === undefined ? {} : readLabels(labels, line), value };
}

const keyOf = (labels: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(labels).sort());

/** Every set of labels has a sum, a count, and buckets that grow up to the count. */
function checkHistogram({ name, samples }: Family): void {
  const sets = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...rest } = sample.labels;
    const key = keyOf(rest);
    sets.set(key, [...(sets.get(key) ?? []), sample]);
  }
  for (const [key, parts] of sets) {
    const only = (suffix: string) => {
      const found = parts.filter((part) => part.name === name + suffix);
      if (found.length !== 1) fail(`${found.length} of ${suffix}`, name + key);
      return found[0]?.value ?? Number.NaN;
    };
    only('_sum');
    const buckets = parts.filter((part) => part.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number((labels.le ?? '').replace('+Inf', 'Infinity')));
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) fail('no bucket for all', name + key);
    for (let i = 1; i < buckets.length; i += 1) {
      if (!((bounds[i] ?? 0) > (bounds[i - 1] ?? 0))) fail('bounds do not grow', name + key);
      if (!((buckets[i]?.value ?? -1) >= (buckets[i - 1]?.value ?? 0))) fail('buckets are not cumulative', name + key);
    }
    if (buckets.at(-1)?.value !== only('_count')) fail('the last bucket is not the count', name + key);
  }
}

function checkFamily(family: Family): void {
  const { name, type, samples } = family;
  if ((type === 'counter') !== name.endsWith('_total')) fail('counters and nothing else end in _total', name);
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  for (const sample of samples) {
    if (!suffixes.some((suffix) => sample.name === name + suffix)) fail('a sample of another family', sample.name);
    if ('le' in sample.labels !== sample.name.endsWith('_bucket')) fail('le is for buckets', sample.name);
    if (type !== 'gauge' && !(sample.value >= 0)) fail('it counts below nothing', sample.name);
  }
  const keys = samples.map((sample) => sample.name + keyOf(sample.labels));
  if (new Set(keys).size !== keys.length) fail('a series twice', name);
  if (type === 'histogram') checkHistogram(family);
}

/** Reads a page as strictly as Prometheus's own checker does, and more so: throws for the first thing out of form. */
export function parseMetrics(text: string): MetricsPage {
  if (!text.endsWith('\n')) fail('the last line has no end', text.slice(-80));
  const families = new Map<string, Family & { readonly samples: Sample[] }>();
  let help: { readonly name: string; readonly text: string } | null = null;
  let current: (Family & { readonly samples: Sample[] }) | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    if (!line.startsWith('#')) {
      (current ?? fail('a sample without a family', line)).samples.push(readSample(line));
      continue;
    }
    const [, kind, name = '', rest = ''] = COMMENT.exec(line) ?? fail('a comment out of form', line);
    if (kind === 'HELP') {
      help = { name, text: rest };
      current = null;
      continue;
    }
    if (help?.name !== name) fail('a type without its help before it', line);
    if (!TYPES.includes(rest)) fail('no known type', line);
    if (families.has(name)) fail('a family twice', line);
    current = { name, type: rest, help: help.text, samples: [] };
    families.set(name, current);
  }
  for (const family of families.values()) checkFamily(family);
  const samples = [...families.values()].flatMap((family) => family.samples);
  return {
    families,
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      );
      if (found.length > 1) throw new Error(`${found.length} series of ${name} have ${JSON.stringify(labels)}`);
      return found[0]?.value ?? null;
    },
  };
}
