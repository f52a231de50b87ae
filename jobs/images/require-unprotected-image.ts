import { AppError } from '../../schema/errors.ts';

/** CONFLICT with what to do for an image that is protected from deletion. */
export function requireUnprotectedImage(image: { readonly name: string; readonly protected: boolean }): void {
  if (!image.protected) return;
  throw new AppError(
    'CONFLICT',
    `The image "${image.name}" is protected from deletion: if it may really go, turn its protection off with ` +
      'updateImage(protected: false), and delete it then.',
    { details: { rule: 'protected' } },
  );
}
