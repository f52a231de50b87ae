import { useApi } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { formatNumberOf } from '../../format/numbers.ts';
import { formatDuration, formatExact } from '../../format/times.ts';
import { apart } from '../../format/words.ts';
import { InstanceHealthDocument, type InstanceHealthQuery } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';

type Check = NonNullable<InstanceHealthQuery['instance']>['healthChecks'][number];

const WIDTH = 600;
const HEIGHT = 72;
/** Fewer checks than these leave the left empty: a bar is never as wide as the chart. */
const FEWEST = 48;

/** What the checks of the last time found: a bar each, as high as the answer was late, and a mark where there was none. */
export function HealthPanel({ id, name }: { readonly id: string; readonly name: string }) {
  const { data, error, refetch } = useApi(
    InstanceHealthDocument,
    { id },
    { nouns: ['instance'], about: id, everyMs: 30_000 },
  );
  const checks = data?.instance?.healthChecks;
  const span = checks === undefined ? null : spanOf(checks);
  return (
    <Panel title={span === null ? 'Health' : `Health, the last ${span === '1 min' ? 'minute' : span}`}>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {checks === undefined && error === null && <Waiting what="health" rows={2} />}
      {checks?.length === 0 && <p className="muted">It is checked every 30 s while it runs; there was no check yet.</p>}
      {checks !== undefined && checks.length > 0 && <HealthChart checks={checks} />}
      <AsCode
        label="Health as code"
        code={{ document: InstanceHealthDocument, variables: { id }, command: commandLine('instance', 'health', name) }}
      />
    </Panel>
  );
}

function spanOf(checks: readonly Check[]): string | null {
  const [newest, oldest] = [checks[0], checks.at(-1)];
  if (newest === undefined || oldest === undefined || newest === oldest) return null;
  return formatDuration(Math.round((Date.parse(newest.at) - Date.parse(oldest.at)) / 60_000) * 60_000 || 60_000);
}

/** A part of all checks is never said as all of them. */
function sayShare(part: number, whole: number): string {
  if (part === whole) return whole === 1 ? 'The one check was' : `All of ${whole} checks were`;
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} % of ${formatNumberOf(whole, 'check')} were`;
}

function HealthChart({ checks }: { readonly checks: readonly Check[] }) {
  const ordered = [...checks].reverse();
  const healthy = ordered.filter(({ status }) => status === 'HEALTHY');
  const latencies = healthy.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b);
  const median = latencies[Math.floor(latencies.length / 2)] ?? 0;
  const most = latencies.at(-1) ?? 1;
  const found = `${sayShare(healthy.length, ordered.length)} healthy`;
  const words =
    latencies.length === 0
      ? `${found}.`
      : `${found}; it answers in ${formatDuration(median)} as a rule, ${formatDuration(most)} at most.`;
  const places = Math.max(ordered.length, FEWEST);
  const step = WIDTH / places;
  return (
    <>
      <p>{words}</p>
      <svg
        className="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        {ordered.map(({ at, status, latencyMs, message }, index) => {
          const isUp = status === 'HEALTHY';
          const height = isUp ? Math.max(3, ((latencyMs ?? 0) / most) * (HEIGHT - 6)) : HEIGHT;
          return (
            <rect
              key={at}
              className={isUp ? 'fill-good' : status === 'UNKNOWN' ? 'fill-idle' : 'fill-bad'}
              x={(places - ordered.length + index) * step}
              y={HEIGHT - height}
              width={Math.max(1, step - 1)}
              height={height}
            >
              <title>
                {formatExact(Date.parse(at))}:{' '}
                {isUp ? formatDuration(latencyMs ?? 0) : apart(message ?? status.toLowerCase())}
              </title>
            </rect>
          );
        })}
      </svg>
    </>
  );
}
