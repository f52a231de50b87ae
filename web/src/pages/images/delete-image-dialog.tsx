import { useState } from 'react';
import { commandLine } from '../../format/command-line.ts';
import { formatBytes } from '../../format/numbers.ts';
import { DeleteImageDocument } from '../../generated/graphql.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Note } from '../../ui/notices.tsx';
import type { ImageShown } from './image-shown.ts';

export function DeleteImageDialog({ image, onClose }: { readonly image: ImageShown; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const { id, name, sourceInstance } = image;
  const isLast = !sourceInstance || sourceInstance.state === 'DELETED';
  return (
    <ActionDialog
      title={`Delete the image ${name}?`}
      verb="Delete image"
      isDanger
      document={DeleteImageDocument}
      input={{ imageId: id }}
      command={commandLine('image', 'delete', name, '--watch')}
      onClose={onClose}
      operationOf={({ deleteImage }) => deleteImage.operation.id}
      refusal={typed === name ? null : `Type ${name} first.`}
    >
      <Note tone="warn">
        <p>
          Its files, {formatBytes(image.sizeBytes)}, go from the store, and with them what they hold of{' '}
          {image.sourceInstanceName}
          {isLast ? ', which is deleted itself: this may be the last there is of it' : ''}. Instances that were made
          from it stay.
        </p>
      </Note>
      <TextField label={`Type ${name} to delete it`} value={typed} onChange={setTyped} autoFocus />
    </ActionDialog>
  );
}
