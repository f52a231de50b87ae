import { isBearable } from '../../jobs/ports/json-shape.ts';
import { ImageManifest } from '../../jobs/ports/manifest.ts';
import { AppError } from '../../schema/errors.ts';

/** Recognizes what this installation wrote (the digests of a SecretBox). */
export interface ManifestSeal {
  digest(text: string, purpose: string): string;
  matchesDigest(text: string, purpose: string, digest: string): boolean;
}

const PURPOSE = 'image manifest';

/**
 * The bytes of manifest.json: the manifest and, last, a keyed digest of it as `seal`. A job that may write files may
 * not thereby make an image: what it cannot seal is refused.
 */
export function encodeManifest(manifest: ImageManifest, seal: ManifestSeal): Buffer {
  const parsed = ImageManifest.parse(manifest);
  const sealed = { ...parsed, seal: seal.digest(JSON.stringify(parsed), PURPOSE) };
  return Buffer.from(`${JSON.stringify(sealed, null, 2)}\n`);
}

/** Reads the bytes back. Throws STEP_FAILED that names what is wrong: cut, of another format, altered, another image's. */
export function decodeManifest(bytes: Uint8Array, imageId: string, seal: ManifestSeal): ImageManifest {
  const { seal: found, ...body } = parseObject(bytes, imageId);
  if (body.formatVersion !== 1) {
    throw unusable(imageId, 'has a format that this release does not know; use the release that made the image');
  }
  const parsed = ImageManifest.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw unusable(imageId, `is not complete or was altered (at ${issue?.path.join('.') || 'its top'})`);
  }
  if (typeof found !== 'string' || !seal.matchesDigest(JSON.stringify(body), PURPOSE, found)) {
    throw unusable(imageId, 'was altered, or was not written with an encryption key that is configured here');
  }
  if (parsed.data.imageId !== imageId) throw unusable(imageId, `belongs to the image ${parsed.data.imageId}`);
  return parsed.data;
}

/** Ours have an entry of some hundred bytes for each file, and are as deep as a finding in a list. */
const SHAPE = { mostDepth: 32, fewValues: 100_000, bytesAValue: 16 };

function parseObject(bytes: Uint8Array, imageId: string): Record<string, unknown> {
  // Whoever may write to the container may write this, too.
  if (!isBearable(bytes, SHAPE)) throw unusable(imageId, 'is none that was written here: it holds too many values');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw unusable(imageId, 'is cut or is not JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw unusable(imageId, 'is not a JSON object');
}

function unusable(imageId: string, what: string): AppError {
  return new AppError('STEP_FAILED', `The image ${imageId} cannot be used: its manifest.json ${what}.`);
}
