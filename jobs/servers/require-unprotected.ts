import { AppError } from '../../schema/errors.ts';
import type { InstanceRecord } from '../ports/records.ts';

/** CONFLICT with what to do for an instance that is protected from deletion. */
export function requireUnprotected({
  name,
  deletionProtection,
}: Pick<InstanceRecord, 'name' | 'deletionProtection'>): void {
  if (!deletionProtection) return;
  throw new AppError(
    'CONFLICT',
    `The instance "${name}" is protected from deletion: if it may really go, turn its protection off with ` +
      'updateInstance(deletionProtection: false), and delete it then.',
    { details: { rule: 'deletionProtection' } },
  );
}
