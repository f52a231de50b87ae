const PLACE = '\\{(?:version|release)\\}';
const PART = `(?:[a-z0-9]|${PLACE})+(?:(?:\\.|__?|-+)(?:[a-z0-9]|${PLACE})+)*`;
const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?';
const TAG = `:(?:[A-Za-z0-9_]|${PLACE})(?:[A-Za-z0-9_.-]|${PLACE})*`;
const DIGEST = '@sha256:[0-9a-f]{64}';
const REFERENCE = `(?:${HOST}/)?${PART}(?:/${PART})*(?:${TAG}(?:${DIGEST})?|${DIGEST})`;
/** One image with its tag or digest, or one for each major version, as `deploy/settings.schema.json` has it, too. */
export const IMAGES = new RegExp(`^(${REFERENCE}|1[5-8]=${REFERENCE}( *, *1[5-8]=${REFERENCE})*)$`);
const LONGEST = 2048;
const OF_VERSION = /^(1[5-8])=(.*)$/;

/** What a setting that names images must be, in words that go on after its name. */
export const IMAGES_FORM =
  'must be an image with its tag or digest, like registry.example.com/name:tag, or one for each major version, 15=IMAGE,17=IMAGE';

/** The images by the major versions that they are for, of `15=...,17=...`; null where one name stands for all versions. */
export function readImagesByVersion(text: string): ReadonlyMap<string, string> | null {
  const parts = text.split(',').map((part) => OF_VERSION.exec(part.trim()));
  if (!parts.some((part) => part !== null)) return null;
  return new Map(parts.map((part) => [part?.[1] ?? '', part?.[2] ?? '']));
}

/** The image for a major version, of a name with a place for it or of a list by versions; null where the list has none. */
export function imageFor(text: string, version: string): string | null {
  const byVersion = readImagesByVersion(text);
  return byVersion === null ? text.replaceAll('{version}', version) : (byVersion.get(version) ?? null);
}

/**
 * Whether the name says which registry the image is in. Without, it is in the one that a node takes by itself, which is
 * somebody else's: such an image must be on the nodes, and is never pulled.
 */
export function namesRegistry(image: string): boolean {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
}

/** Whether this names images as a setting does; a list names each version once. */
export function areImages(text: string): boolean {
  if (text.length > LONGEST || !IMAGES.test(text)) return false;
  const byVersion = readImagesByVersion(text);
  return byVersion === null || byVersion.size === text.split(',').length;
}

/**
 * Why these images cannot be of the major versions that are offered (none: whatever there are images of), in words that go on
 * after the setting's name; null where they can.
 */
export function findVersionFault(text: string, versions: readonly string[]): string | null {
  // That is said already.
  if (!areImages(text)) return null;
  const byVersion = readImagesByVersion(text);
  if (byVersion === null) {
    const isOpen = !text.includes('@') || text.includes('{version}') || /:[^/@]*\d[^/@]*@/.test(text);
    return isOpen || versions.length === 1
      ? null
      : 'does not say which major version its digest is of: 17=IMAGE, or one version in TOYGRES_POSTGRES_VERSIONS';
  }
  const missing = versions.find((version) => !byVersion.has(version));
  return missing === undefined ? null : `has no image for ${missing}, which TOYGRES_POSTGRES_VERSIONS offers`;
}
