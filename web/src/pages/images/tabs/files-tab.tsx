import { useApi } from '../../../api/queries.ts';
import { formatBytes } from '../../../format/numbers.ts';
import { ImageFilesDocument } from '../../../generated/graphql.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { Empty, ErrorNote, Waiting } from '../../../ui/notices.tsx';
import { DataTable } from '../../../ui/table.tsx';

/** Its files in the store, read when they are looked at. */
export function FilesTab({ id, name }: { readonly id: string; readonly name: string }) {
  const { data, error, refetch } = useApi(ImageFilesDocument, { id }, { nouns: ['image'], about: id });
  const files = data?.image?.files;
  if (files === undefined)
    return error === null ? <Waiting what="files" /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (files.length === 0)
    return <Empty title="No files">They are in the store, and known, while an image is available.</Empty>;
  return (
    <DataTable
      label={`Files of ${name}`}
      columns={[
        { id: 'name', name: 'File', isTitle: true, cell: (file) => <code>{file.name}</code> },
        {
          id: 'size',
          name: 'Size',
          align: 'end',
          cell: ({ sizeBytes }) => <span className="number">{formatBytes(sizeBytes)}</span>,
        },
        {
          id: 'sum',
          name: 'SHA-256',
          cell: ({ sha256 }) => (
            <span className="id">
              <code title={sha256}>{sha256.slice(0, 12)}</code>
              <CopyButton text={sha256} what="the SHA-256" />
            </span>
          ),
        },
      ]}
      rows={files}
      idOf={(file) => file.name}
      nameOf={(file) => file.name}
    />
  );
}
