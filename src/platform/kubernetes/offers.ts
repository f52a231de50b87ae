import type { PostgresOffer, ServerSpec } from '../../../jobs/ports/platform.ts';
import { invalidInput } from '../../../schema/errors.ts';
import type { ImageType } from '../../../schema/states.ts';
import type { KubernetesSettings } from './settings.ts';

/** The versions that the product knows, newest first. */
const KNOWN_VERSIONS = ['18', '17', '16', '15'];
/** Those that pg_durable is made for. */
const DURABLE_VERSIONS = ['18', '17'];

/** The versions an image has: all that we know when its name has a place for one, else the one that its tag begins with. */
function versionsOf(image: string | null, known: readonly string[]): readonly string[] {
  if (image === null) return [];
  if (image.includes('{version}')) return known;
  const [, major] = /:(?:[a-z]+-?)?(\d+)[^:/]*$/.exec(image) ?? [];
  return known.filter((version) => version === major);
}

/** The versions that a job image is for: the one that its tag names, else all that it can be for. */
function jobVersionsOf(image: string, known: readonly string[]): readonly string[] {
  const [, major] = image.includes('{version}') ? [] : (/pg(\d+)[^:/]*$/.exec(image) ?? []);
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
  const image = imageType === 'PG_DURABLE' ? settings.images.durable : settings.images.postgres;
  if (image !== null && versions.includes(postgresVersion)) return image.replaceAll('{version}', postgresVersion);
  throw invalidInput(
    'postgresVersion',
    'a version that the platform has',
    `This platform has no PostgreSQL ${postgresVersion} of type ${imageType}. It has: ${versions.join(', ') || 'none'}.`,
  );
}
