import type { PostgresOffer } from '../../../jobs/ports/platform/servers.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import type { ImageType } from '../../../schema/states.ts';

/** What an instance is asked to run; null: the newest that there is. */
export interface WantedServer {
  readonly imageType: ImageType;
  readonly postgresVersion: string | null;
}

function listOffers(offers: readonly PostgresOffer[]): string {
  return offers.map(({ version, imageTypes }) => `${version} (${imageTypes.join(', ')})`).join(', ');
}

/**
 * The PostgreSQL version to run. Throws INVALID_INPUT listing what there is when the platform does not have what was
 * asked for, UNAVAILABLE when it has none at all. `field` is the input that asked.
 */
export function chooseVersion(
  offers: readonly PostgresOffer[],
  wanted: WantedServer,
  field: 'postgresVersion' | 'imageType' | 'sourceImageId',
): string {
  if (offers.length === 0) {
    throw new AppError(
      'UNAVAILABLE',
      'This platform has no PostgreSQL: see the query diagnostics for what to install.',
    );
  }
  const versions = offers
    .filter((offer) => offer.imageTypes.includes(wanted.imageType))
    .map((offer) => offer.version)
    .sort((a, b) => Number(b) - Number(a));
  const chosen = wanted.postgresVersion === null ? versions[0] : versions.find((one) => one === wanted.postgresVersion);
  if (chosen !== undefined) return chosen;
  const what = `PostgreSQL${wanted.postgresVersion === null ? '' : ` ${wanted.postgresVersion}`} of type ${wanted.imageType}`;
  throw invalidInput(field, 'offered', `This platform has no ${what}. It has: ${listOffers(offers)}.`);
}
