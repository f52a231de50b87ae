import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { useList } from '../../api/queries.ts';
import { useWhoAmI } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { NO_TIME, readLocalField } from '../../format/local-field.ts';
import { apart } from '../../format/words.ts';
import {
  CreateTokenDocument,
  RevokeTokenDocument,
  type Role,
  type TokenRowFragment,
  TokensDocument,
} from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { AsCode } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckField, errorOf, RadioField, TextField } from '../../ui/fields.tsx';
import { Labels } from '../../ui/labels.tsx';
import { ListFoot } from '../../ui/list-foot.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Waiting } from '../../ui/notices.tsx';
import { Panel } from '../../ui/page.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { type Column, DataTable } from '../../ui/table.tsx';
import { ROLE_CHOICES, roleName } from './role-choices.ts';
import { ServerFrame } from './server-frame.tsx';

function CreateToken({ onDone }: { readonly onDone: () => void }) {
  const { viewer } = useWhoAmI();
  const own = ROLE_CHOICES.findIndex(({ value }) => value === viewer.role);
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('VIEWER');
  const [until, setUntil] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const create = useAction(CreateTokenDocument);
  const { at: expiresAt, isNone } = readLocalField(until);
  const input = { name, role, ...(expiresAt === null ? {} : { expiresAt }) };
  const submit = async () => {
    if (isNone) return;
    const made = await create.run({ input });
    if (made === null) return;
    onDone();
    setName('');
    setSecret(made.createApiToken.token);
  };
  const isToldBeside = ['name', 'expiresAt'].some((field) => errorOf(create.error, field) !== null);
  return (
    <Panel title="New token">
      {secret !== null && <ShownOnce what="The token" secret={secret} onDone={() => setSecret(null)} />}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="What it is for"
          value={name}
          required
          error={errorOf(create.error, 'name')}
          onChange={setName}
        />
        <RadioField label="May" value={role} choices={ROLE_CHOICES.slice(0, own + 1)} onChange={setRole} />
        <TextField
          label="Ends"
          type="datetime-local"
          value={until}
          hint="Empty: when it is revoked."
          error={isNone ? NO_TIME : errorOf(create.error, 'expiresAt')}
          onChange={setUntil}
        />
        {!isToldBeside && <ErrorNote error={create.error} />}
        <div className="actions">
          <Button kind="primary" type="submit" busy={create.busy} refusal={isNone ? NO_TIME : null}>
            Create token
          </Button>
        </div>
      </form>
      <AsCode
        label="The new token as code"
        code={{
          document: CreateTokenDocument,
          variables: { input },
          command: commandLine(
            'token',
            'create',
            name,
            '--role',
            role,
            expiresAt === null ? [] : ['--expires-at', expiresAt],
          ),
        }}
      />
    </Panel>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: TokenRowFragment; readonly onClose: () => void }) {
  const { id, name } = token;
  const [includesMade, setIncludesMade] = useState(false);
  return (
    <ActionDialog
      title={`Revoke ${apart(name)}?`}
      verb="Revoke token"
      isDanger
      needs="VIEWER"
      isKeyed={false}
      document={RevokeTokenDocument}
      input={{ apiTokenId: id, ...(includesMade ? { includeMade: true } : {}) }}
      command={commandLine('token', 'revoke', id, includesMade ? ['--include-made'] : [])}
      onClose={onClose}
    >
      <p>Programs that use it are refused from now on. It cannot be taken back: make a new one instead.</p>
      <CheckField
        label="The tokens that were made with it as well"
        hint="Where it may be in the wrong hands, they may be, too."
        checked={includesMade}
        onChange={setIncludesMade}
      />
    </ActionDialog>
  );
}

export default function TokensPage() {
  const [going, setGoing] = useState<TokenRowFragment | null>(null);
  const variables = { first: 50 };
  const list = useList(TokensDocument, variables, ({ apiTokens }) => apiTokens);
  const columns: readonly Column<TokenRowFragment>[] = [
    { id: 'name', name: 'Token', isTitle: true, cell: ({ name }) => name },
    { id: 'prefix', name: 'Begins', cell: ({ prefix }) => <code>{prefix}</code> },
    { id: 'role', name: 'Role', cell: ({ role }) => roleName(role) },
    { id: 'scope', name: 'Sees', cell: ({ scope }) => (scope.length === 0 ? 'everything' : <Labels labels={scope} />) },
    { id: 'by', name: 'By', cell: ({ createdBy }) => createdBy.name },
    { id: 'used', name: 'Last used', cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} /> },
    {
      id: 'until',
      name: 'Until',
      cell: ({ revokedAt, expiresAt }) =>
        revokedAt ? <span className="muted">revoked</span> : <Moment at={expiresAt} none="it is revoked" />,
    },
    {
      id: 'do',
      name: 'Actions',
      align: 'end',
      cell: (token) =>
        !token.revokedAt && (
          <Button label={`Revoke ${apart(token.name)}`} onPress={() => setGoing(token)}>
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <ServerFrame code={{ document: TokensDocument, variables, command: commandLine('token', 'list', '--all') }}>
      <ErrorNote error={list.error} onRetry={list.retry} />
      {list.nodes === null && list.error === null && <Waiting what="tokens" />}
      {list.nodes?.length === 0 && (
        <Empty title="No tokens">A token lets a program in, with what it needs and no more.</Empty>
      )}
      {list.nodes !== null && list.nodes.length > 0 && (
        <DataTable
          label="Tokens"
          columns={columns}
          rows={list.nodes}
          idOf={({ id }) => id}
          nameOf={({ name }) => name}
        />
      )}
      <ListFoot list={list} />
      <CreateToken onDone={list.retry} />
      {going !== null && <RevokeDialog token={going} onClose={() => setGoing(null)} />}
    </ServerFrame>
  );
}
