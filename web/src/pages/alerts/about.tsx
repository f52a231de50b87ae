import { Link } from 'react-router';
import type { AlertRowFragment } from '../../generated/graphql.ts';

type Subjects = Pick<AlertRowFragment, 'kind' | 'instance' | 'image' | 'schedule' | 'operation'>;

/** What an alert is about, each a way there. */
export function About({ kind, instance, image, schedule, operation }: Subjects) {
  const links = [
    instance && { to: `/instances/${instance.id}`, name: instance.name },
    image && { to: `/images/${image.id}`, name: image.name },
    schedule && { to: `/schedules/${schedule.id}`, name: schedule.name },
    operation && { to: `/operations/${operation.id}`, name: 'its operation' },
  ].filter((link) => link != null && link !== undefined);
  if (kind === 'DRIFT_REPORTED') links.push({ to: '/server/drift', name: 'what differs' });
  if (links.length === 0) return <Link to="/server">this server</Link>;
  return (
    <span className="about">
      {links.map((link) => (
        <Link key={link.to} to={link.to} className="whole">
          {link.name}
        </Link>
      ))}
    </span>
  );
}
