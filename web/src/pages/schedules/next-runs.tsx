import { useNow } from '../../ui/now.ts';
import { Panel } from '../../ui/page.tsx';
import { buildCalendar, type CalendarDay, knownZone } from './calendar.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const SHOWN = 2;
/** So many the API tells at once. */
const MOST = 100;

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' });

function Day(props: { readonly day: CalendarDay; readonly isPast: boolean; readonly isFirst: boolean }) {
  const { isPast, isFirst } = props;
  const { date, times } = props.day;
  const number = Number(date.slice(-2));
  const begins = isFirst || number === 1;
  const more = times.length - SHOWN;
  return (
    <td className={`calendar-day${times.length > 0 ? ' due' : ''}${isPast ? ' past' : ''}${begins ? ' begins' : ''}`}>
      <span className="calendar-date">
        {number} <span className="calendar-month">{MONTH.format(Date.parse(date))}</span>
      </span>
      {times.slice(0, SHOWN).map((time) => (
        <span key={time} className="calendar-time">
          {time}
        </span>
      ))}
      {more > 0 && (
        <span className="muted" title={times.join(', ')}>
          and {more} more
        </span>
      )}
    </td>
  );
}

/** The next weeks, with the times at which the schedule is due, as the clocks of its zone show them. */
export function NextRuns(props: {
  readonly times: readonly string[];
  readonly timeZone: string;
  readonly enabled: boolean;
}) {
  const { times, enabled } = props;
  const timeZone = knownZone(props.timeZone);
  const now = useNow();
  const weeks = buildCalendar(times, timeZone, now);
  const today = weeks[0]?.find(({ date }) => date >= new Date(now).toISOString().slice(0, 10))?.date ?? '';
  // So many are known: where they end before the calendar does, what is empty behind them is not free.
  const isCut = times.length === MOST && Date.parse(times.at(-1) ?? '') < Date.parse(weeks.at(-1)?.at(-1)?.date ?? '');
  return (
    <Panel title="Next runs">
      {!enabled && <p>It is disabled: nothing is due.</p>}
      {enabled && (
        <table className="calendar">
          <caption className="muted">
            Times in {timeZone}. {isCut && `The next ${times.length} runs are shown.`}
          </caption>
          <thead>
            <tr>
              {DAYS.map((day) => (
                <th key={day} scope="col">
                  {day}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]?.date}>
                {week.map((day) => (
                  <Day key={day.date} day={day} isPast={day.date < today} isFirst={day === weeks[0]?.[0]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
