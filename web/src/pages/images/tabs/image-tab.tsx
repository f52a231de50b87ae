import { Findings } from '../../../ui/findings.tsx';
import { Empty } from '../../../ui/notices.tsx';
import { Panel } from '../../../ui/page.tsx';
import { DataTable } from '../../../ui/table.tsx';
import { OPERATION_COLUMNS } from '../../operations/operation-columns.tsx';
import { ImageSettings } from '../image-settings.tsx';
import type { ImageShown } from '../image-shown.ts';
import { ContentTab } from './content-tab.tsx';
import { DrillsTab } from './drills-tab.tsx';
import { FilesTab } from './files-tab.tsx';
import { LogsTab } from './logs-tab.tsx';

/** Where an image tells of nothing, its drill may. */
function nothingFound({ lastVerdict }: ImageShown): string {
  return lastVerdict?.state === 'FAILED'
    ? 'Nothing was found when it was taken; its last drill failed, and says there what did not come back.'
    : 'Nothing was found: a restore brings back everything as it was.';
}

/** The part of an image's page that its address names. */
export function ImageTab({ tab, image }: { readonly tab: string; readonly image: ImageShown }) {
  switch (tab) {
    case '':
      return <ContentTab image={image} />;
    case 'findings':
      return (
        <Panel title="What a restore will not bring back as it was">
          <Findings findings={image.findings} none={nothingFound(image)} />
        </Panel>
      );
    case 'drills':
      return <DrillsTab image={image} />;
    case 'files':
      return <FilesTab id={image.id} name={image.name} />;
    case 'operations':
      return (
        <DataTable
          label={`Operations on ${image.name}`}
          columns={OPERATION_COLUMNS}
          rows={image.operations.nodes}
          idOf={({ id }) => id}
          nameOf={({ kind }) => kind}
          linkOf={({ id }) => `/operations/${id}`}
        />
      );
    case 'logs':
      return <LogsTab image={image} />;
    case 'settings':
      return <ImageSettings image={image} />;
    default:
      return <Empty title="There is no such part">Choose one above.</Empty>;
  }
}
