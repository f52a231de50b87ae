/**
 * What the key of an image's files is bound to when it is encrypted: the image and the purpose, so that it does not open in
 * the place of a password.
 */
export const fileKeyContext = (imageId: string): string => `${imageId} files`;
