import type { PostgresOffer, ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import { invalidInput } from '../../../schema/errors.ts';
import type { ImageType } from '../../../schema/states.ts';
import { imageFor, readImagesByVersion } from '../../config/container-images.ts';
import type { KubernetesSettings } from './settings.ts';

/** The versions that the product knows, newest first. */
const KNOWN_VERSIONS = ['18', '17', '16', '15'];
/** Those that pg_durable is made for. */
const DURABLE_VERSIONS = ['18', '17'];

/** What a digest says is no version. */
const tagOf = (image: string) => image.replace(/@.*/, '');

/**
 * The versions an image has: those that are listed, all that we know when its name has a place for one, else the one that its
 * tag begins with; a name by a digest alone is of the only one that is offered.
 */
function versionsOf(image: string | null, known: readonly string[]): readonly string[] {
  if (image === null) return [];
  const byVersion = readImagesByVersion(image);
  if (byVersion !== null) return known.filter((version) => byVersion.has(version));
  if (image.includes('{version}') || (image.includes('@') && known.length === 1)) return known;
  const [, major] = /:(?:[a-z]+-?)?(\d+)[^:/]*$/.exec(tagOf(image)) ?? [];
  return known.filter((version) => version === major);
}

/** The versions that a job image is for: those that are listed, the one that its tag names, else all that it can be for. */
function jobVersionsOf(image: string, known: readonly string[]): readonly string[] {
  if (readImagesByVersion(image) !== null) return versionsOf(image, known);
  const [, major] = image.includes('{version}') ? [] : (/pg(\d+)[^:/]*$/.exec(tagOf(image)) ?? []);
  return major === undefined ? known : known.filter((version) => version === major);
}

/**
 * What can be made here, of the versions that the operator has images for. What no job image is for could be made and never
 * imaged: it is not offered. Whether a registry really has an image shows when it is pulled.
 */
export function listOffers({
  images,
  versions,
}: Pick<KubernetesSettings, 'images' | 'versions'>): readonly PostgresOffer[] {
  const known = versions === null ? KNOWN_VERSIONS : KNOWN_VERSIONS.filter((version) => versions.includes(version));
  const stock = versionsOf(images.postgres, jobVersionsOf(images.job, known));
  const durable = versionsOf(images.durable, jobVersionsOf(images.durableJob, known)).filter((version) =>
    DURABLE_VERSIONS.includes(version),
  );
  return KNOWN_VERSIONS.flatMap((version) => {
    const imageTypes: ImageType[] = [];
    if (stock.includes(version)) imageTypes.push('STOCK');
    if (durable.includes(version)) imageTypes.push('PG_DURABLE');
    return imageTypes.length === 0 ? [] : [{ version, imageTypes }];
  });
}

/** The container image of a server. Throws INVALID_INPUT that lists what there is. */
export function requireServerImage(settings: KubernetesSettings, spec: ServerSpec): string {
  const { imageType, postgresVersion } = spec;
  if (imageType === 'PG_DURABLE' && settings.images.durable === null) {
    const message =
      'This platform has no image with pg_durable: set TOYGRES_DURABLE_IMAGE to one, or choose type STOCK.';
    throw invalidInput('imageType', 'a type that the platform has', message);
  }
  const offers = listOffers(settings);
  const versions = offers.filter(({ imageTypes }) => imageTypes.includes(imageType)).map(({ version }) => version);
  const named = imageType === 'PG_DURABLE' ? settings.images.durable : settings.images.postgres;
  const image = named !== null && versions.includes(postgresVersion) ? imageFor(named, postgresVersion) : null;
  if (image !== null) return image;
  throw invalidInput(
    'postgresVersion',
    'a version that the platform has',
    `This platform has no PostgreSQL ${postgresVersion} of type ${imageType}. It has: ${versions.join(', ') || 'none'}.`,
  );
}
