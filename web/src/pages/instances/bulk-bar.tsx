import { useState } from 'react';
import { useRefusal } from '../../api/viewer.tsx';
import { formatNumberOf } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import { BULKS, type Bulk, type BulkRow } from './bulks.ts';

/** What can be done with all that were chosen: counted and listed first, then a result a line. */
export function BulkBar({
  instances,
  onDone,
}: {
  readonly instances: readonly BulkRow[];
  readonly onDone: () => void;
}) {
  const [open, setOpen] = useState<Bulk | null>(null);
  const refusal = useRefusal('OPERATOR');
  return (
    <section className="bulk" aria-label="With those selected">
      <strong>{formatNumberOf(instances.length, 'instance')}</strong>
      {BULKS.map((bulk) => {
        const count = instances.filter(bulk.isFor).length;
        const none = count === 0 ? 'None of those selected is in a state for this.' : null;
        return (
          <Button key={bulk.id} refusal={refusal ?? none} onPress={() => setOpen(bulk)}>
            {bulk.verb}
          </Button>
        );
      })}
      <Button kind="quiet" onPress={onDone}>
        Select none
      </Button>
      {open !== null && <BulkDialog bulk={open} rows={instances} onClose={() => setOpen(null)} onDone={onDone} />}
    </section>
  );
}
