import { Link } from 'react-router';
import { kindWord, sentence, subjectOf } from '../../format/words.ts';
import type { AuditQuery } from '../../generated/graphql.ts';
import { Id } from '../../ui/copy.tsx';
import { WholeWords } from '../../ui/whole-words.tsx';

type Entry = AuditQuery['auditLog']['nodes'][number];

/** Where a thing is shown, and what it is called. */
function placeOf(subject: NonNullable<Entry['subject']>): { readonly to: string; readonly name: string } {
  switch (subject.__typename) {
    case 'Instance':
      return { to: `/instances/${subject.id}`, name: subject.name };
    case 'Image':
      return { to: `/images/${subject.id}`, name: subject.name };
    case 'Operation':
      return { to: `/operations/${subject.id}`, name: `${kindWord(subject.kind)} ${subjectOf(subject)}` };
    case 'Schedule':
      return { to: `/schedules/${subject.id}`, name: subject.name };
    case 'Webhook':
      return { to: '/server/webhooks', name: subject.name };
    case 'User':
      return { to: '/server/users', name: subject.username };
    case 'ApiToken':
      return { to: '/server/tokens', name: subject.name };
  }
}

/** What an entry of the audit log was done to: its name, and the way there; of what is gone, what it was. */
export function DoneTo({ entry: { target, targetKind, subject } }: { readonly entry: Entry }) {
  if (target == null) return null;
  const kind = targetKind == null ? 'Something' : sentence(targetKind).replace('Api', 'API');
  if (subject == null) {
    return (
      <span className="muted">
        {kind}, gone: <Id value={target} what="the id" />
      </span>
    );
  }
  const { to, name } = placeOf(subject);
  return (
    <>
      {subject.__typename !== 'Operation' && <span className="muted">{kind} </span>}
      <Link to={to}>
        <WholeWords text={name} />
      </Link>
    </>
  );
}
