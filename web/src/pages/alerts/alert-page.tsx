import { useParams } from 'react-router';
import { useApi } from '../../api/queries.ts';
import { commandLine } from '../../format/command-line.ts';
import { asSentence, sentence } from '../../format/words.ts';
import { AlertByIdDocument } from '../../generated/graphql.ts';
import { Id } from '../../ui/copy.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ErrorNote, Note, Waiting } from '../../ui/notices.tsx';
import { Facts, Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state.tsx';
import { About } from './about.tsx';

const BACK = { to: '/alerts', name: 'Alerts' };

export default function AlertPage() {
  const { id = '' } = useParams();
  const answer = useApi(AlertByIdDocument, { id }, { nouns: ['alert'] });
  const node = answer.data?.node;
  if (node?.__typename !== 'Alert') {
    return (
      <Page title="Alert" back={BACK}>
        <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
        {answer.data === undefined && answer.error === null && <Waiting what="the alert" />}
        {answer.data !== undefined && (
          <Empty title="There is no such alert">It is older than what is kept, or not for you to see.</Empty>
        )}
      </Page>
    );
  }
  return (
    <Page
      title={sentence(node.kind)}
      mark={<StateMark state={node.severity} />}
      back={BACK}
      code={{ document: AlertByIdDocument, variables: { id }, command: commandLine('alert', 'get', id) }}
    >
      <Note
        tone={node.resolvedAt ? 'good' : node.severity === 'CRITICAL' ? 'bad' : 'warn'}
        title={asSentence(node.message)}
      >
        {node.remedy && <p>{node.remedy}</p>}
      </Note>
      <Facts
        facts={[
          ['About', <About key="about" {...node} />],
          ['Opened', <Moment key="opened" at={node.openedAt} />],
          ['Over', <Moment key="over" at={node.resolvedAt} none="not yet" />],
          ['Id', <Id key="id" value={node.id} />],
        ]}
      />
    </Page>
  );
}
