import type { DrillServer } from '../ports/drill-records.ts';
import type { ImageRecord, InstanceRecord, InstanceRecords } from '../ports/records.ts';
import type { WorkflowServices } from '../workflow/context.ts';

/**
 * A drill as the steps of servers read instances: made of what its image was made of, reached by nobody else, with nothing
 * running in it that the source runs. It takes whatever comes back, since what is missing is what a drill is to find.
 */
function describe(drill: DrillServer, image: ImageRecord): InstanceRecord {
  return {
    id: drill.id,
    name: drill.resourceName,
    resourceName: drill.resourceName,
    namespace: drill.namespace,
    platform: drill.platform,
    imageType: image.imageType,
    postgresVersion: image.postgresVersion,
    storageGib: image.sourceStorageGib,
    exposure: 'INTERNAL',
    dnsLabel: null,
    state: 'CREATING',
    health: 'UNKNOWN',
    deletionProtection: false,
    labels: {},
    parameters: {},
    startedParameters: {},
    hosting: {},
    startedHosting: {},
    storageClass: null,
    connectionSecret: false,
    endpoint: null,
    sourceImageId: image.id,
    durableFunctions: 'CANCEL',
    allowExtensionUpgrade: false,
    acceptLoss: 'ROWS',
    backgroundWork: 'HOLD',
    databases: null,
    findings: [],
    failure: null,
    revision: 1,
    createdAt: image.createdAt,
    updatedAt: image.updatedAt,
  };
}

const noInstance = (): Promise<never> => Promise.reject(new Error('a drill has no record of an instance to change'));

/** The ports as the blocks of restores and servers need them, with the drill in the place of the instance. */
export function withDrillAsInstance<C extends WorkflowServices>(context: C): C {
  const { drills, images } = context;
  const instances: InstanceRecords = {
    async read(id) {
      const drill = await drills.read(id);
      return describe(drill, await images.read(drill.imageId));
    },
    readPassword: (id) => drills.readPassword(id),
    readOwnerPassword: async () => null,
    readNextPassword: async () => null,
    takeNextPassword: noInstance,
    takeNextOwnerPassword: noInstance,
    forgetNextPassword: noInstance,
    markRunning: noInstance,
    markStopped: noInstance,
    markFailed: noInstance,
    markDeleting: noInstance,
    markDeleted: noInstance,
    markGrown: noInstance,
    setFailure: noInstance,
    reopenCreation: noInstance,
  };
  return { ...context, instances };
}
