import { AppError } from '../../schema/errors.ts';

/**
 * Of a rotation that failed, the password that was to be is forgotten: taken up again it would find nothing to do, succeed,
 * and have replaced none.
 */
export async function refuseRetriedRotation(): Promise<never> {
  throw new AppError(
    'CONFLICT',
    'The password that was to be is not kept when a rotation fails: rotate the credentials anew.',
  );
}
