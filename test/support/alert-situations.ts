/** Every pod is scraped twice a minute, as pod-monitor.yaml asks for. */
export const INTERVAL = '30s';
const minutes = (count: number) => count * 2;

/** An alert that fires, beside its severity and description, which are the rule's. */
interface Fired {
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** What is scraped, and which alerts fire of it at that moment. */
export interface Situation {
  readonly alert: string;
  readonly when: string;
  /** Their samples as promtool writes them: `0+0x20` is 0 for 21 samples, `0+1x5` grows by 1, `_x5` is nothing for 5. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly fires: readonly Fired[];
}

const still = (value: number, forMinutes: number) => `${value}+0x${minutes(forMinutes)}`;
/** 0 first, then for the rest of the time as much as that. */
const rises = (to: number, afterMinutes: number, forMinutes: number) =>
  `0+0x${minutes(afterMinutes)} ${to}+0x${minutes(forMinutes)}`;
const on =
  (alert: string) =>
  (when: string, series: Situation['series'], at: string, ...fires: readonly Fired[]) => ({
    alert,
    when,
    series,
    at,
    fires,
  });

const away = on('ToygresRecordsAway');
const AWAY = { summary: 'The database of records cannot be read, or nothing of Toygres is scraped.' };
const worker = on('ToygresNoWorker');
const NO_WORKER = { summary: 'No worker is alive; operations stay QUEUED.' };
const waits = on('ToygresQueueWaits');
const WAITS = { summary: 'An operation has waited for a worker for more than a quarter of an hour.' };
const unhealthy = on('ToygresServerUnhealthy');
const UNHEALTHY = 'toygres_instances{state="running", health="unhealthy"';
const fail = on('ToygresOperationsFail');
const ENDED = 'toygres_operations_ended_total{workflow="create-image", end="failed"';
const FAIL = {
  labels: { workflow: 'create-image' },
  summary: 'More than three operations of create-image have failed in an hour.',
};
const drift = on('ToygresDrift');
const open = on('ToygresAlertOpen');
const internal = on('ToygresInternalErrors');
const INTERNAL = { summary: 'The API answers with INTERNAL errors.' };
const late = on('ToygresEventsLate');
const LATE = { summary: 'Events of operations reach their followers more than 5 s late.' };
/** The buckets around 5 s of a pod: so many events a scrape, of which so many were no later than each bound. */
const lags = (pod: string, upTo: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(upTo).map(([le, count]) => [
      `toygres_event_lag_seconds_bucket{pod="${pod}", le="${le}"}`,
      `0+${count}x${minutes(30)}`,
    ]),
  );

/** Of every alert: values right of its threshold and just below, nothing there, and several pods that say the same. */
export const SITUATIONS: readonly Situation[] = [
  away(
    'no pod can read them',
    { 'toygres_records_up{pod="a"}': still(0, 10), 'toygres_records_up{pod="b"}': still(0, 10) },
    '6m',
    AWAY,
  ),
  away('nothing is scraped', { 'up{job="another"}': still(1, 10) }, '6m', AWAY),
  away('the pods are gone since', { 'toygres_records_up{pod="a"}': `1+0x4 stale _x${minutes(15)}` }, '10m', AWAY),
  away(
    'one pod can read them',
    { 'toygres_records_up{pod="a"}': still(0, 10), 'toygres_records_up{pod="b"}': still(1, 10) },
    '10m',
  ),
  away('it has not been so for five minutes', { 'toygres_records_up{pod="a"}': still(0, 10) }, '4m30s'),
  away('it was so and is over', { 'toygres_records_up{pod="a"}': `${still(0, 10)} ${still(1, 5)}` }, '11m'),

  worker(
    'all pods say that there is none, once',
    { 'toygres_workers{pod="a"}': still(0, 10), 'toygres_workers{pod="b"}': still(0, 10) },
    '6m',
    NO_WORKER,
  ),
  worker('there is one', { 'toygres_workers{pod="a"}': still(1, 10), 'toygres_workers{pod="b"}': still(1, 10) }, '10m'),
  worker('nobody knows', { 'toygres_records_up{pod="a"}': still(0, 10) }, '10m'),
  worker('it has not been so for five minutes', { 'toygres_workers{pod="a"}': rises(1, 4, 10) }, '4m'),
  worker('it was so and is over', { 'toygres_workers{pod="a"}': rises(1, 10, 10) }, '12m'),
  worker(
    'a pod has not looked again',
    { 'toygres_workers{pod="a"}': still(0, 10), 'toygres_workers{pod="b"}': still(1, 10) },
    '10m',
  ),

  waits(
    'of two pods',
    { 'toygres_queue_oldest_age_seconds{pod="a"}': '901+30x40', 'toygres_queue_oldest_age_seconds{pod="b"}': '0+0x40' },
    '6m',
    WAITS,
  ),
  waits('a quarter of an hour and no more', { 'toygres_queue_oldest_age_seconds{pod="a"}': still(900, 20) }, '15m'),
  waits('it has not been so for five minutes', { 'toygres_queue_oldest_age_seconds{pod="a"}': '901+30x40' }, '4m30s'),
  waits('none waits', { 'toygres_queue_oldest_age_seconds{pod="a"}': still(0, 20) }, '15m'),
  waits('nobody knows', { 'toygres_records_up{pod="a"}': still(0, 20) }, '15m'),

  unhealthy(
    'two servers, as both pods say',
    { [`${UNHEALTHY}, pod="a"}`]: still(2, 10), [`${UNHEALTHY}, pod="b"}`]: still(2, 10) },
    '6m',
    { summary: 'Servers that should run and do not answer: 2.' },
  ),
  unhealthy(
    'all that run answer; what was stopped does not',
    {
      [`${UNHEALTHY}, pod="a"}`]: still(0, 10),
      'toygres_instances{state="stopped", health="unhealthy", pod="a"}': still(3, 10),
      'toygres_instances{state="running", health="healthy", pod="a"}': still(3, 10),
    },
    '10m',
  ),
  unhealthy('it has not been so for five minutes', { [`${UNHEALTHY}, pod="a"}`]: rises(1, 3, 10) }, '7m30s'),

  fail('four, of one worker', { [`${ENDED}, pod="a"}`]: rises(4, 10, 60) }, '16m', FAIL),
  fail(
    'four, of two workers',
    { [`${ENDED}, pod="a"}`]: rises(2, 10, 60), [`${ENDED}, pod="b"}`]: rises(2, 20, 60) },
    '40m',
    FAIL,
  ),
  fail(
    'four, of a worker that began again between',
    { [`${ENDED}, pod="a"}`]: `${rises(3, 10, 10)} ${rises(1, 5, 40)}` },
    '45m',
    FAIL,
  ),
  fail('three within the hour', { [`${ENDED}, pod="a"}`]: rises(3, 90, 60) }, '100m'),
  fail('three of a worker that is young', { [`${ENDED}, pod="a"}`]: rises(3, 1, 20) }, '7m'),
  fail('three of a worker that was scraped twice', { [`${ENDED}, pod="a"}`]: `0 ${still(3, 20)}` }, '1m'),
  fail('four in two hours', { [`${ENDED}, pod="a"}`]: `${rises(2, 30, 70)} ${still(4, 60)}` }, '110m'),
  fail(
    'four, of two workflows',
    {
      [`${ENDED}, pod="a"}`]: rises(2, 10, 60),
      'toygres_operations_ended_total{workflow="create-instance", end="failed", pod="a"}': rises(2, 10, 60),
    },
    '40m',
  ),
  fail(
    'what succeeded and what was cancelled',
    {
      'toygres_operations_ended_total{workflow="create-image", end="succeeded", pod="a"}': rises(9, 10, 60),
      'toygres_operations_ended_total{workflow="create-image", end="cancelled", pod="a"}': rises(9, 10, 60),
    },
    '40m',
  ),

  drift(
    'things of two kinds, as both pods say',
    {
      'toygres_drift{kind="volume", state="reported", pod="a"}': still(1, 90),
      'toygres_drift{kind="volume", state="reported", pod="b"}': still(1, 90),
      'toygres_drift{kind="namespace", state="reported", pod="a"}': still(2, 90),
    },
    '61m',
    { summary: 'Things on the platform or in the store that are not what the records say: 3.' },
  ),
  drift(
    'it has not been so for an hour',
    { 'toygres_drift{kind="volume", state="reported", pod="a"}': still(1, 90) },
    '59m',
  ),
  drift(
    'it is looked at a second time',
    {
      'toygres_drift{kind="volume", state="pending", pod="a"}': still(5, 90),
      'toygres_drift{kind="volume", state="reported", pod="a"}': still(0, 90),
    },
    '80m',
  ),

  open(
    'of two kinds, one of them open',
    {
      'toygres_alerts_open{kind="disk_full", pod="a"}': still(2, 20),
      'toygres_alerts_open{kind="disk_full", pod="b"}': still(2, 20),
      'toygres_alerts_open{kind="drift", pod="a"}': still(0, 20),
    },
    '11m',
    { labels: { kind: 'disk_full' }, summary: 'Open alerts of the kind disk_full: 2.' },
  ),
  open('it has not been so for ten minutes', { 'toygres_alerts_open{kind="drift", pod="a"}': still(1, 20) }, '9m30s'),

  internal(
    'again and again, at two pods',
    {
      'toygres_api_errors_total{code="INTERNAL", pod="a"}': `0+0x10 1+0x20 2+0x20 3+0x40`,
      'toygres_api_errors_total{code="INTERNAL", pod="b"}': still(0, 60),
    },
    '25m',
    INTERNAL,
  ),
  internal('a single one', { 'toygres_api_errors_total{code="INTERNAL", pod="a"}': rises(1, 5, 60) }, '20m'),
  internal('a single one, later', { 'toygres_api_errors_total{code="INTERNAL", pod="a"}': rises(1, 5, 60) }, '30m'),
  internal('others', { 'toygres_api_errors_total{code="UNAUTHENTICATED", pod="a"}': `0+9x${minutes(60)}` }, '40m'),

  late(
    'at one of two pods',
    { ...lags('a', { 5: 10, 10: 20, '+Inf': 20 }), ...lags('b', { 5: 50, 10: 50, '+Inf': 50 }) },
    '25m',
    LATE,
  ),
  late('later than the last bucket', lags('a', { 5: 0, 10: 0, '+Inf': 3 }), '25m', LATE),
  late('the slowest within 5 s', lags('a', { '2.5': 0, 5: 10, 10: 10, '+Inf': 10 }), '25m'),
  late('it has not been so for ten minutes', lags('a', { 5: 0, 10: 9, '+Inf': 9 }), '9m30s'),
  late('one of two hundred', lags('a', { 5: 199, 10: 200, '+Inf': 200 }), '25m'),
  late('no events', lags('a', { 5: 0, 10: 0, '+Inf': 0 }), '25m'),
];
