import { commandLine } from '../../format/command-line.ts';
import { apart } from '../../format/words.ts';
import { DeleteUserDocument, type Role, UpdateUserDocument, type UserRowFragment } from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { ROLE_CHOICES } from './role-choices.ts';

/** What is asked before it is done to a user: another role, being enabled or disabled, being deleted. */
export type UserChange = { readonly role: Role } | { readonly enabled: boolean } | 'delete';

interface Props {
  readonly user: UserRowFragment;
  readonly onClose: () => void;
}

/** Asks, and does it. */
export function UserDialog({ user, change, onClose }: Props & { readonly change: UserChange }) {
  const { id, username } = user;
  if (change === 'delete') return <DeleteDialog user={user} onClose={onClose} />;
  const isRole = 'role' in change;
  const role = isRole ? ROLE_CHOICES.find(({ value }) => value === change.role) : undefined;
  const verb = isRole ? `Make ${role?.name.toLowerCase() ?? ''}` : change.enabled ? 'Enable' : 'Disable';
  const flag = isRole ? ['--role', change.role] : ['--enabled', change.enabled ? 'yes' : 'no'];
  return (
    <ActionDialog
      title={isRole ? `Make ${apart(username)} ${role?.name.toLowerCase() ?? ''}?` : `${verb} ${apart(username)}?`}
      verb={verb}
      needs="ADMIN"
      isKeyed={false}
      document={UpdateUserDocument}
      input={{ userId: id, ...change }}
      command={commandLine('user', 'update', username, flag)}
      onClose={onClose}
    >
      <p>
        {isRole ? `${role?.name ?? ''}:${role?.hint ?? ''}. Tokens of theirs may no more than they do.` : what(change)}
      </p>
    </ActionDialog>
  );
}

const what = ({ enabled }: { readonly enabled: boolean }) =>
  enabled
    ? 'They can sign in again.'
    : 'Their sessions end, and their tokens are refused until they are enabled again.';

function DeleteDialog({ user: { id, username }, onClose }: Props) {
  return (
    <ActionDialog
      title={`Delete ${apart(username)}?`}
      verb="Delete user"
      isDanger
      needs="ADMIN"
      isKeyed={false}
      document={DeleteUserDocument}
      input={{ userId: id }}
      command={commandLine('user', 'delete', username)}
      onClose={onClose}
    >
      <p>Their sessions end, and their tokens are revoked. What they did stands in the audit log.</p>
    </ActionDialog>
  );
}
