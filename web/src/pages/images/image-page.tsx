import { useNavigate, useParams } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { useRefusal } from '../../api/viewer.tsx';
import { commandLine } from '../../format/command-line.ts';
import { stateOf } from '../../format/shown-state.ts';
import { formatDuration, formatRelative } from '../../format/times.ts';
import { asSentence } from '../../format/words.ts';
import { ImageDetailDocument, ImageFilesDocument, VerifyImageDocument } from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import type { Code } from '../../ui/as-code.tsx';
import { Button } from '../../ui/button.tsx';
import { ActionMenu } from '../../ui/menu.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { useNow } from '../../ui/now.ts';
import { Page } from '../../ui/page.tsx';
import { useParam } from '../../ui/search-params.ts';
import { StateMark } from '../../ui/state.tsx';
import { DeleteImageDialog } from './delete-image-dialog.tsx';
import type { ImageShown } from './image-shown.ts';
import { ImageTab } from './tabs/image-tab.tsx';

/** What an image is worth, in a sentence. */
function sayWorth(image: ImageShown, now: number): string {
  if (image.state === 'CREATING') return 'It is being taken: nothing can be restored from it before it is available.';
  if (stateOf(image) === 'CANCELLED') return 'It was cancelled before it was whole: nothing can be restored from it.';
  if (image.state !== 'AVAILABLE') return 'Nothing can be restored from it.';
  const { state: verdict, finishedAt, recoverySeconds } = image.lastVerdict ?? {};
  const when = finishedAt ? formatRelative(Date.parse(finishedAt), now) : '';
  const proven =
    verdict === 'PASSED'
      ? `Proven ${when}${recoverySeconds ? ` in ${formatDuration(recoverySeconds * 1000)}` : ''}.`
      : verdict === 'FAILED'
        ? `The last drill of it failed, ${when}.`
        : 'Everything that a restore needs is in the store; no drill has proven it yet.';
  return `${proven} It was taken ${image.takenAt ? formatRelative(Date.parse(image.takenAt), now) : 'at an unknown time'}.`;
}

/** What is shown, as code: the part of the page that one looks at. */
function codeOf(tab: string, { id, name }: ImageShown): Code {
  const code = { document: ImageDetailDocument, variables: { id } };
  switch (tab) {
    case 'files':
      return { document: ImageFilesDocument, variables: { id }, command: commandLine('image', 'files', name) };
    case 'drills':
      return { ...code, command: commandLine('drill', 'list', '--image', name) };
    case 'operations':
      return { ...code, command: commandLine('operation', 'list', '--image', name) };
    case 'logs':
      return { ...code, command: commandLine('image', 'logs', name) };
    default:
      return { ...code, command: commandLine('image', 'get', name) };
  }
}

export default function ImagePage() {
  const { id = '', tab = '' } = useParams();
  const [asked, setAsked] = useParam('do');
  const variables = { id };
  const { data, error, refetch } = useApi(ImageDetailDocument, variables, { nouns: ['image', 'operation'], about: id });
  const role = useRefusal('OPERATOR');
  const navigate = useNavigate();
  const now = useNow();
  const back = { to: '/images', name: 'Images' };
  const image = data?.image;
  if (!image) {
    return (
      <Page title="Image" back={back}>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data === undefined && error === null && <Waiting what="the image" />}
        {image === null && (
          <Empty title="There is no such image">It was never there, or is not for you to see. Its id: {id}</Empty>
        )}
      </Page>
    );
  }
  const path = `/images/${id}`;
  const state = stateOf(image);
  const isNot = state === 'AVAILABLE' ? null : `It is ${state.toLowerCase()}; this needs it available.`;
  const close = () => setAsked('');
  return (
    <Page
      title={image.name}
      back={back}
      mark={
        <>
          <StateMark state={state} />
          {image.encrypted && <span className="muted">encrypted</span>}
          {image.protected && <span className="muted">protected</span>}
        </>
      }
      lead={sayWorth(image, now)}
      actions={
        <>
          <Button kind="primary" refusal={role ?? isNot} onPress={() => void navigate(`${path}/restore`)}>
            Restore as new instance
          </Button>
          <ActionMenu
            label={`More for ${image.name}`}
            actions={[
              { id: 'verify', name: 'Verify by a restore', refusal: role ?? isNot, onPress: () => setAsked('verify') },
              {
                id: 'delete',
                name: 'Delete',
                isDanger: true,
                refusal:
                  role ??
                  (image.state === 'DELETED' ? 'It is deleted.' : null) ??
                  (image.protected ? 'It is protected: take that back in Settings.' : null),
                onPress: () => setAsked('delete'),
              },
            ]}
          />
        </>
      }
      code={codeOf(tab, image)}
      tabs={[
        { to: path, name: 'What it holds' },
        { to: `${path}/findings`, name: 'Findings', count: image.findings.length },
        { to: `${path}/drills`, name: 'Drills', count: image.drills.length },
        { to: `${path}/files`, name: 'Files' },
        { to: `${path}/operations`, name: 'Operations', count: image.operations.totalCount },
        { to: `${path}/logs`, name: 'Logs' },
        { to: `${path}/settings`, name: 'Settings' },
      ]}
    >
      {image.failure && state !== 'CANCELLED' && (
        <Note tone="bad" title="It failed">
          <p>{asSentence(image.failure.message)}</p>
        </Note>
      )}
      {image.notices.length > 0 && (
        <Note>
          {image.notices.map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </Note>
      )}
      <ImageTab tab={tab} image={image} />
      {asked === 'delete' && <DeleteImageDialog image={image} onClose={close} />}
      {asked === 'verify' && (
        <ActionDialog
          title={`Verify ${image.name}?`}
          verb="Verify"
          document={VerifyImageDocument}
          input={{ imageId: id }}
          command={commandLine('image', 'verify', image.name, '--watch')}
          onClose={close}
          operationOf={({ verifyImage }) => verifyImage.operation.id}
        >
          <p>
            It is restored into a server of its own, compared with what it should hold, and that server is thrown away.
          </p>
        </ActionDialog>
      )}
    </Page>
  );
}
