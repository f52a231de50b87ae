import type { ServerSpec } from '../ports/platform/servers.ts';
import type { InstanceRecord, InstanceRecords } from '../ports/records.ts';

/** What the platform is to hold for an instance, from its record alone: the same record, the same spec. */
export function buildServerSpec(instance: InstanceRecord, operationId: string): ServerSpec {
  const { namespace, resourceName, imageType, postgresVersion, storageGib, exposure, dnsLabel } = instance;
  const { parameters, hosting, storageClass } = instance;
  return {
    namespace,
    resourceName,
    instanceId: instance.id,
    operationId,
    imageType,
    postgresVersion,
    storageGib,
    exposure,
    dnsLabel,
    parameters,
    hosting,
    storageClass,
  };
}

/** Reads the record and builds the spec. Steps read it anew: what runs is what is recorded, also after a crash. */
export async function readServerSpec(
  { instances, operationId }: { readonly instances: InstanceRecords; readonly operationId: string },
  instanceId: string,
): Promise<ServerSpec> {
  return buildServerSpec(await instances.read(instanceId), operationId);
}
