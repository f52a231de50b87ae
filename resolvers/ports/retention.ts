import type { RetentionForm } from '../../schema/rules/schedule-rules.ts';

export interface RetentionPreviewRequest {
  readonly scheduleId: string | null;
  readonly instanceId: string | null;
  /** Instead of what the schedules say. */
  readonly retention: RetentionForm | null;
  /** Null: now. */
  readonly at: Date | null;
}

/** What would become of images, the newest first within each instance. */
export interface RetentionPreviewRecord {
  readonly keep: readonly { readonly imageId: string; readonly because: readonly string[] }[];
  readonly remove: readonly string[];
  readonly freedBytes: number;
}

/** Says what retention would do, by the same rules as it does it. */
export interface RetentionQueries {
  preview(request: RetentionPreviewRequest): Promise<RetentionPreviewRecord>;
}
