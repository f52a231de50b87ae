import { IMAGE_NAME_MAX } from '../../schema/rules/name-rules.ts';

/**
 * The name of an image that a schedule takes: the instance's, and the time in UTC at which it was due; the former is cut
 * so that the latter fits. `mark` tells it from another one of that time.
 */
export function buildImageName(instanceName: string, dueAt: Date, mark: string | null = null): string {
  const time = dueAt
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(/[-:]/g, '')
    .replace('T', '-');
  const end = mark === null ? `-${time}` : `-${time}-${mark}`;
  return `${instanceName.slice(0, IMAGE_NAME_MAX - end.length).replace(/-+$/, '')}${end}`;
}
