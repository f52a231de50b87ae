import type { LastRestoresQuery } from '../../../generated/graphql.ts';
import type { ImageShown } from '../image-shown.ts';

/** How long the last restore of the same source took, in ms; null when none is known. */
export function lastDuration(restores: LastRestoresQuery | undefined, image: ImageShown): number | null {
  const own = restores?.operations.nodes.filter((one) => one.image?.id === image.id) ?? [];
  const ofSource = restores?.operations.nodes.filter(
    (one) => one.image?.sourceInstance && one.image.sourceInstance.id === image.sourceInstance?.id,
  );
  const [last] = [...own, ...(ofSource ?? [])];
  if (last?.startedAt && last.finishedAt) return Date.parse(last.finishedAt) - Date.parse(last.startedAt);
  const drill = image.drills.find(({ recoverySeconds }) => recoverySeconds);
  return drill?.recoverySeconds ? drill.recoverySeconds * 1000 : null;
}
