import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { useList } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { CreateUserDocument, type Role, type UserRowFragment, UsersDocument } from '../../generated/graphql.ts';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { errorOf, RadioField, TextField } from '../../ui/fields.tsx';
import { type LabelPair, Labels, LabelsField } from '../../ui/labels.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Moment } from '../../ui/moment.tsx';
import { ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { ROLE_CHOICES, roleName } from './role-choices.ts';
import { ServerFrame } from './server-frame.tsx';
import { type UserChange, UserDialog } from './user-dialogs.tsx';

function CreateUser({ onDone }: { readonly onDone: () => void }) {
  const [username, setUsername] = useState('');
  const [role, setRole] = useState<Role>('OPERATOR');
  const [scope, setScope] = useState<readonly LabelPair[]>([]);
  const [password, setPassword] = useState<string | null>(null);
  const create = useAction(CreateUserDocument);
  const input = {
    username,
    role,
    ...(scope.length === 0 ? {} : { scope: scope.map(({ key, value }) => ({ key, value })) }),
  };
  const submit = async () => {
    const made = await create.run({ input });
    if (made === null) return;
    onDone();
    setUsername('');
    setPassword(made.createUser.password ?? null);
  };
  const scopes = scope.flatMap(({ key, value }) => ['--scope', `${key}=${value}`]);
  return (
    <Panel title="New user">
      {password !== null && <ShownOnce what="The password" secret={password} onDone={() => setPassword(null)} />}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Name"
          value={username}
          required
          error={errorOf(create.error, 'username')}
          onChange={setUsername}
        />
        <RadioField label="May" value={role} choices={ROLE_CHOICES} onChange={setRole} />
        <LabelsField
          label="Sees only what is labelled"
          labels={scope}
          error={errorOf(create.error, 'scope')}
          onChange={setScope}
        />
        {errorOf(create.error, 'username') === null && <ErrorNote error={create.error} />}
        <div className="actions">
          <Button kind="primary" type="submit" busy={create.busy}>
            Create user
          </Button>
        </div>
      </form>
      <AsCode
        label="The new user as code"
        code={{
          document: CreateUserDocument,
          variables: { input },
          command: commandLine('user', 'create', username, '--role', role, scopes),
        }}
      />
    </Panel>
  );
}

export default function UsersPage() {
  const refusal = useRefusal('ADMIN');
  const [asked, setAsked] = useState<{ readonly user: UserRowFragment; readonly change: UserChange } | null>(null);
  const variables = { first: 100 };
  const list = useList(UsersDocument, variables, ({ users }) => users, { enabled: refusal === null });
  const columns: readonly Column<UserRowFragment>[] = [
    { id: 'name', name: 'User', isTitle: true, cell: ({ username }) => username },
    { id: 'role', name: 'Role', cell: ({ role }) => roleName(role) },
    { id: 'scope', name: 'Sees', cell: ({ scope }) => (scope.length === 0 ? 'everything' : <Labels labels={scope} />) },
    { id: 'enabled', name: 'Enabled', cell: ({ enabled }) => (enabled ? 'yes' : 'no') },
    { id: 'last', name: 'Last sign-in', cell: ({ lastLoginAt }) => <Moment at={lastLoginAt} /> },
    {
      id: 'do',
      name: 'Actions',
      align: 'end',
      cell: (user) => (
        <ActionMenu
          label={`What can be done with ${user.username}`}
          actions={[
            ...ROLE_CHOICES.filter(({ value }) => value !== user.role).map(({ value, name }) => ({
              id: value,
              name: `Make ${name.toLowerCase()}`,
              onPress: () => setAsked({ user, change: { role: value } }),
            })),
            {
              id: 'enabled',
              name: user.enabled ? 'Disable' : 'Enable',
              onPress: () => setAsked({ user, change: { enabled: !user.enabled } }),
            },
            { id: 'delete', name: 'Delete', isDanger: true, onPress: () => setAsked({ user, change: 'delete' }) },
          ]}
        />
      ),
    },
  ];
  const code = { document: UsersDocument, variables, command: commandLine('user', 'list') };
  if (refusal !== null) {
    return (
      <ServerFrame code={code}>
        <Note title="Users are for administrators">{refusal}</Note>
      </ServerFrame>
    );
  }
  return (
    <ServerFrame code={code}>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {list.nodes === null && list.error === null && <Waiting what="users" />}
      {list.nodes !== null && (
        <DataTable
          label="Users"
          columns={columns}
          rows={list.nodes}
          idOf={({ id }) => id}
          nameOf={({ username }) => username}
        />
      )}
      <ListFoot list={list} />
      <CreateUser onDone={list.retry} />
      {asked !== null && <UserDialog {...asked} onClose={() => setAsked(null)} />}
    </ServerFrame>
  );
}
