import type { ReactNode } from 'react';
import type { Code } from '../../ui/as-code.tsx';
import { Page } from '../../ui/page.tsx';

const TABS = [
  { to: '/server', name: 'State' },
  { to: '/server/drift', name: 'Drift' },
  { to: '/server/webhooks', name: 'Webhooks' },
  { to: '/server/users', name: 'Users' },
  { to: '/server/tokens', name: 'Tokens' },
  { to: '/server/audit', name: 'Audit' },
];

/** What the pages of the server have in common: its parts. */
export function ServerFrame(props: {
  readonly actions?: ReactNode;
  readonly code?: Code | undefined;
  readonly children: ReactNode;
}) {
  return (
    <Page title="Server" tabs={TABS} actions={props.actions} code={props.code}>
      {props.children}
    </Page>
  );
}
