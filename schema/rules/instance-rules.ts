import { invalidInput } from '../errors.ts';
import type { BackgroundWork, DurableFunctions, Exposure } from '../states.ts';
import type { Loss } from './finding-rules.ts';
import { checkClassName, checkHostingForm, type HostingForm } from './hosting-rules.ts';
import { checkIdempotencyKey } from './idempotency-rules.ts';
import { checkLabelChange, checkLabels, type LabelChangeForm, type LabelPair } from './label-rules.ts';
import { checkName, INSTANCE_NAME_MAX } from './name-rules.ts';
import { checkParameters, type ParameterPair } from './parameter-rules.ts';
import { checkText } from './text-rules.ts';

/** The majors that this release knows, newest first. Which of them can be had, the platform decides. */
export const POSTGRES_VERSIONS = ['18', '17', '16', '15'] as const;
/** The largest volume that can be asked for. */
export const STORAGE_GIB_MAX = 16_384;

const PASSWORD = { noun: 'password', minCharacters: 12, maxCharacters: 128 };
// What Azure takes as the label of a public address:
// https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#domain-name-label
const DNS_LABEL = /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

interface Given extends HostingForm {
  readonly labels?: readonly LabelPair[] | null | undefined;
  readonly storageGib?: number | null | undefined;
  readonly parameters?: readonly ParameterPair[] | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

/** What is checked of the input of createInstance; null is as good as left out. */
export interface CreateInstanceForm extends Given {
  readonly name: string;
  readonly password?: string | null | undefined;
  readonly postgresVersion?: string | null | undefined;
  readonly exposure?: Exposure | null | undefined;
  readonly dnsLabel?: string | null | undefined;
  readonly namespace?: string | null | undefined;
  readonly sourceImageId?: string | null | undefined;
  readonly durableFunctions?: DurableFunctions | null | undefined;
  readonly allowExtensionUpgrade?: boolean | null | undefined;
  readonly databases?: readonly string[] | null | undefined;
  readonly acceptLoss?: Loss | null | undefined;
  readonly backgroundWork?: BackgroundWork | null | undefined;
  readonly storageClass?: string | null | undefined;
}

/** What is checked of the input of updateInstance. */
export interface UpdateInstanceForm extends Given, LabelChangeForm {}

function checkCommon(input: Given): void {
  if (input.storageGib != null) checkStorage(input.storageGib);
  if (input.labels != null) checkLabels('labels', input.labels);
  if (input.parameters != null) checkParameters('parameters', input.parameters);
  checkHostingForm(input);
  checkIdempotencyKey(input);
}

function checkStorage(gib: number): void {
  if (Number.isInteger(gib) && gib >= 1 && gib <= STORAGE_GIB_MAX) return;
  throw invalidInput(
    'storageGib',
    'range',
    `storageGib must be a whole number from 1 to ${STORAGE_GIB_MAX}: choose one.`,
  );
}

/** Requires a major version that this release knows. */
export function checkVersion(version: string): void {
  if (POSTGRES_VERSIONS.some((known) => known === version)) return;
  throw invalidInput(
    'postgresVersion',
    'knownVersion',
    `postgresVersion must be a major version that is known here: choose one of ${POSTGRES_VERSIONS.join(', ')}.`,
  );
}

/** Requires what can be the name of a namespace. */
export function checkNamespace(namespace: string): void {
  if (NAMESPACE.test(namespace)) return;
  throw invalidInput(
    'namespace',
    'pattern',
    'namespace must have at most 63 lower-case letters, digits and "-", with a letter or digit at both ends: give ' +
      'one of the configured namespaces, or leave it out.',
  );
}

function checkDnsLabel(label: string, exposure: Exposure | null | undefined): void {
  if (exposure !== 'PUBLIC') {
    throw invalidInput(
      'dnsLabel',
      'onlyPublic',
      'A DNS label is for an instance with exposure PUBLIC: leave dnsLabel out, or ask for PUBLIC.',
    );
  }
  if (!DNS_LABEL.test(label)) {
    throw invalidInput(
      'dnsLabel',
      'pattern',
      'dnsLabel must have 3 to 63 lower-case letters, digits and "-", begin with a letter and end with a letter or ' +
        'digit: choose another one.',
    );
  }
}

type OfRestore = 'durableFunctions' | 'allowExtensionUpgrade' | 'databases' | 'acceptLoss' | 'backgroundWork';

function refuseWithoutImage(field: OfRestore): never {
  throw invalidInput(field, 'onlyRestore', `${field} is for a restore: leave it out, or give sourceImageId.`);
}

/** As many databases can be named at once. */
const DATABASES_MAX = 1_000;

function checkDatabases(names: readonly string[]): void {
  if (names.length > 0 && names.length <= DATABASES_MAX && new Set(names).size === names.length) return;
  throw invalidInput(
    'databases',
    'names',
    `databases must have 1 to ${DATABASES_MAX} names, each once: name those to restore, or leave it out for all.`,
  );
}

/** Requires the form of every field of a new instance. What only records and platform can tell is checked later. */
export function checkCreateInstance(input: CreateInstanceForm): void {
  checkName('name', input.name, INSTANCE_NAME_MAX);
  // A restore ignores the password, so whatever it is does no harm.
  if (input.password != null && input.sourceImageId == null) checkText('password', input.password, PASSWORD);
  if (input.postgresVersion != null) checkVersion(input.postgresVersion);
  if (input.dnsLabel != null) checkDnsLabel(input.dnsLabel, input.exposure);
  if (input.namespace != null) checkNamespace(input.namespace);
  if (input.sourceImageId == null) {
    if (input.durableFunctions != null) refuseWithoutImage('durableFunctions');
    if (input.allowExtensionUpgrade) refuseWithoutImage('allowExtensionUpgrade');
    for (const field of ['databases', 'acceptLoss', 'backgroundWork'] as const) {
      if (input[field] != null) refuseWithoutImage(field);
    }
  }
  if (input.databases != null) checkDatabases(input.databases);
  if (input.storageClass != null) checkClassName('storageClass', input.storageClass);
  checkCommon(input);
}

/** Requires the form of every field of a change; what is left out stays as it is. */
export function checkUpdateInstance(input: UpdateInstanceForm): void {
  checkCommon(input);
  checkLabelChange(input);
}

/** The form of a password that is to replace another. Throws INVALID_INPUT. */
export function checkRotateCredentials({ password }: { readonly password?: string | null | undefined }): void {
  if (password != null) checkText('password', password, PASSWORD);
}
