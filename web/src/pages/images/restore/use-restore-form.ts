import { useState } from 'react';
import { checkCreateInstance } from '../../../../../schema/rules/instance-rules.ts';
import { faultOf, findFault } from '../../../api/rules.ts';
import { stateOf } from '../../../format/shown-state.ts';
import type { CreateInstanceInput } from '../../../generated/graphql.ts';
import { errorOf } from '../../../ui/fields.tsx';
import type { LabelPair } from '../../../ui/labels.tsx';
import type { ImageShown } from '../image-shown.ts';

const MOST_NAME = 40;

/** A name for what is restored: of what and when, `orders-0301-0215`. */
function restoredName(source: string, at: Date): string {
  const stamp = at.toISOString().slice(5, 16).replaceAll('-', '').replace(':', '').replace('T', '-');
  return `${source.slice(0, MOST_NAME - stamp.length - 1).replace(/-+$/, '')}-${stamp}`;
}

/** What is chosen for a restore. */
export interface RestoreChoice {
  readonly name: string;
  readonly version: string;
  readonly storage: string;
  readonly leftOut: ReadonlySet<string>;
  readonly labels: readonly LabelPair[];
  /** That rows will be missing. */
  readonly agreed: boolean;
  /** Nothing may be missing. */
  readonly isStrict: boolean;
  readonly background: '' | 'HOLD' | 'RUN';
}

function buildInput(image: ImageShown, choice: RestoreChoice, losesRows: boolean): CreateInstanceInput {
  const { name, version, storage, leftOut, labels, agreed, isStrict, background } = choice;
  const loss = losesRows && agreed ? 'ROWS' : isStrict ? 'NOTHING' : null;
  const kept = image.databases.filter((database) => !leftOut.has(database.name)).map((database) => database.name);
  return {
    name,
    sourceImageId: image.id,
    storageGib: Number(storage),
    ...(version === image.postgresVersion ? {} : { postgresVersion: version }),
    ...(leftOut.size === 0 ? {} : { databases: kept }),
    ...(labels.length === 0 ? {} : { labels: [...labels] }),
    ...(loss === null ? {} : { acceptLoss: loss }),
    ...(background === '' ? {} : { backgroundWork: background }),
  };
}

/** What stands in the form of a restore, the input that it makes, and why that would be refused. */
export function useRestoreForm(image: ImageShown, refusedBy: string | null, error: Error | null) {
  const [choice, setChoice] = useState<RestoreChoice>(() => ({
    name: restoredName(image.sourceInstanceName, new Date()),
    version: image.postgresVersion,
    storage: String(image.sourceStorageGib),
    leftOut: new Set(),
    labels: [],
    agreed: false,
    isStrict: false,
    background: '',
  }));
  const losesRows = image.findings.some(({ severity }) => severity === 'CRITICAL');
  const input = buildInput(image, choice, losesRows);
  const fault = findFault(() => checkCreateInstance(input));
  const refusal =
    refusedBy ??
    (image.state === 'AVAILABLE' ? null : `The image is ${stateOf(image).toLowerCase()}.`) ??
    (losesRows && !choice.agreed ? 'Rows are missing in it: agree to that first.' : null) ??
    fault?.message ??
    null;
  return {
    choice,
    choose: (part: Partial<RestoreChoice>) => setChoice((before) => ({ ...before, ...part })),
    losesRows,
    input,
    refusal,
    told: (field: string) => faultOf(fault, field) ?? errorOf(error, field),
  };
}

export type RestoreForm = ReturnType<typeof useRestoreForm>;
