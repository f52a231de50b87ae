import { Link } from 'react-router';
import { formatNumberOf } from '../../../format/numbers.ts';
import { apart } from '../../../format/words.ts';
import { Findings } from '../../../ui/findings.tsx';
import { StateMark } from '../../../ui/state.tsx';
import type { ImageShown } from '../image-shown.ts';

/** What a restore brings back, and what not, before it is begun: from the findings of the image. */
export function WhatWillHappen(props: {
  readonly image: ImageShown;
  readonly isSourceThere: boolean;
  readonly background: '' | 'HOLD' | 'RUN';
  readonly leftOut: readonly string[];
}) {
  const { image, isSourceThere, background, leftOut } = props;
  const { findings } = image;
  const isHeld = background === 'HOLD' || (background === '' && isSourceThere);
  const lost = findings.filter(({ severity }) => severity === 'CRITICAL');
  const missing = findings.filter(({ severity }) => severity === 'WARNING');
  const other = findings.filter(({ severity }) => severity === 'INFO');
  return (
    <dl className="outcome">
      <div>
        <dt>
          <span className="state good">Kept</span>
        </dt>
        <dd>
          {formatNumberOf(image.databases.length - leftOut.length, 'database')} with all roles, passwords and settings.
          {leftOut.length > 0 && ` Not restored, as you chose: ${leftOut.map(apart).join(', ')}.`}
          {image.lastVerdict?.state === 'FAILED' ? (
            <>
              {' '}
              Its last drill failed: <Link to={`/images/${image.id}/drills`}>see what did not come back</Link>.
            </>
          ) : (
            findings.length === 0 && ' Nothing was found that would not be as it was.'
          )}
        </dd>
      </div>
      <div>
        <dt>
          <span className="state busy">New</span>
        </dt>
        <dd>Its address and its volume. Its passwords are those of the source.</dd>
      </div>
      <div>
        <dt>
          <span className="state idle">{isHeld ? 'Held' : 'Running'}</span>
        </dt>
        <dd>
          {isHeld
            ? 'Jobs of pg_cron, subscriptions and the like are there and do nothing, until you let them.'
            : 'Jobs of pg_cron, subscriptions and the like run as on the source.'}
          {image.durable &&
            image.durable.unfinished > 0 &&
            ` ${formatNumberOf(image.durable.unfinished, 'durable function')} had not ended: they are ${isSourceThere ? 'cancelled' : 'resumed'}.`}
        </dd>
      </div>
      {lost.length > 0 && (
        <div>
          <dt>
            <StateMark state="CRITICAL" as="Lost" />
          </dt>
          <dd>
            <Findings findings={lost} none="" />
          </dd>
        </div>
      )}
      {missing.length > 0 && (
        <div>
          <dt>
            <StateMark state="WARNING" as="Missing or not enforced" />
          </dt>
          <dd>
            <Findings findings={missing} none="" />
          </dd>
        </div>
      )}
      {other.length > 0 && (
        <div>
          <dt>
            <StateMark state="INFO" as="In another form" />
          </dt>
          <dd>
            <Findings findings={other} none="" />
          </dd>
        </div>
      )}
    </dl>
  );
}
