import { useApi } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { formatDuration } from '../../format/times.ts';
import { keepUnits } from '../../format/words.ts';
import { InstanceHealthDocument, type InstanceHealthQuery } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { MeasuredChart } from '../../ui/measured-chart.tsx';
import { ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { barsOfChecks, barsOfDay, type HealthBar, type HealthBars, sayBars, sayChecks, sayDay } from './health-bars.ts';

type Health = NonNullable<InstanceHealthQuery['instance']>;

const WIDTH = 600;
const HEIGHT = 72;

/** What the checks of the last day found: a bar for each of them while they are few, then one for each quarter of an hour. */
export function HealthPanel({ id, name }: { readonly id: string; readonly name: string }) {
  const { data, error, refetch } = useApi(
    InstanceHealthDocument,
    { id },
    { nouns: ['instance'], about: id, everyMs: 30_000 },
  );
  const health = data?.instance ?? null;
  const checks = health?.healthChecks;
  return (
    <Panel title={titleOf(health)}>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {checks === undefined && error === null && <Waiting what="health" rows={2} />}
      {checks?.length === 0 && <p className="muted">It is checked every 30 s while it runs; there was no check yet.</p>}
      {health !== null &&
        health.healthChecks.length > 0 &&
        (isOfDay(health) ? (
          <HealthChart
            words={sayDay(health.healthDay)}
            chart={barsOfDay(health.healthDay.periods, Date.now())}
            span={['24 h ago', '12 h ago', 'now']}
          />
        ) : (
          <HealthChart
            words={sayChecks(health.healthChecks)}
            chart={barsOfChecks(health.healthChecks)}
            span={['', 'now']}
          />
        ))}
      <AsCode
        label="Health as code"
        code={{ document: InstanceHealthDocument, variables: { id }, command: commandLine('instance', 'health', name) }}
      />
    </Panel>
  );
}

/** More than are shown one by one. */
const isOfDay = ({ healthChecks, healthDay }: Health) => healthDay.checks > healthChecks.length;

function titleOf(health: Health | null): string {
  if (health === null) return 'Health';
  if (isOfDay(health)) return 'Health, the last 24 h';
  const [newest, oldest] = [health.healthChecks[0], health.healthChecks.at(-1)];
  if (newest === undefined || oldest === undefined || newest === oldest) return 'Health';
  const span = Math.round((Date.parse(newest.at) - Date.parse(oldest.at)) / 60_000);
  return `Health, the last ${span <= 1 ? 'minute' : formatDuration(span * 60_000)}`;
}

function HealthChart(props: { readonly words: string; readonly chart: HealthBars; readonly span: readonly string[] }) {
  const { words, chart, span } = props;
  const { topMs, bars } = chart;
  return (
    <>
      <p>{keepUnits(words)}</p>
      <MeasuredChart
        words={words}
        width={WIDTH}
        height={HEIGHT}
        scale={[formatDuration(topMs), formatDuration(topMs / 2), '0']}
        span={span}
        note={sayBars(bars)}
      >
        {bars.map((bar) => (
          <Bar key={bar.key} bar={bar} />
        ))}
      </MeasuredChart>
    </>
  );
}

/** What failed fills the height; what is beyond the scale is cut through. */
function Bar({ bar: { tone, left, width, share, says } }: { readonly bar: HealthBar }) {
  const height = tone === 'good' ? Math.max(3, Math.min(1, share) * HEIGHT) : HEIGHT;
  const place = { x: left * WIDTH, width: Math.max(1, width * WIDTH - 1) };
  return (
    <g>
      <rect className={`fill-${tone}`} {...place} y={HEIGHT - height} height={height}>
        <title>{says}</title>
      </rect>
      {tone === 'good' && share > 1 && <rect className="fill-cut" {...place} y={10} height={4} />}
    </g>
  );
}
