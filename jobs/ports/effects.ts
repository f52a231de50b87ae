import type { WorkflowServices } from '../workflow/context.ts';

/**
 * What a verb of a port does. `reads`: nothing. `changes`: something that no rollback takes back, so that only the attempt
 * that holds the run may begin it. `writes`: rows, through the transaction that it is given.
 */
export type Effect = 'reads' | 'changes' | 'writes';

type VerbOf<P> = { [K in keyof P]-?: P[K] extends (...given: never[]) => unknown ? K : never }[keyof P];
type Effects = { readonly [P in keyof WorkflowServices]: { readonly [V in VerbOf<WorkflowServices[P]>]: Effect } };

/** Of every verb of every port: one that is missing here, or is no verb, does not compile. */
const EFFECTS = {
  platform: {
    readOffers: 'reads',
    readFreeBytes: 'reads',
    checkHosting: 'reads',
    ensureVolume: 'changes',
    ensureVolumeSize: 'changes',
    readVolumeGrowth: 'reads',
    ensureSecret: 'changes',
    ensureConfiguration: 'changes',
    ensureServer: 'changes',
    readServer: 'reads',
    stopServer: 'changes',
    ensureLogin: 'changes',
    removeServer: 'changes',
    ensureConnection: 'changes',
    removeConnection: 'changes',
    removeConfiguration: 'changes',
    removeSecret: 'changes',
    removeVolume: 'changes',
    ensureJob: 'changes',
    readJob: 'reads',
    awaitJobEnd: 'reads',
    cancelJob: 'changes',
    removeJob: 'changes',
    followJobLogs: 'reads',
    followServerLogs: 'reads',
    readNamespaces: 'reads',
    listObjects: 'reads',
  },
  store: {
    // It may make a policy; others are signed here, and the store learns of them when they are used.
    grantUpload: 'changes',
    endUpload: 'changes',
    grantDownload: 'reads',
    grantTrial: 'reads',
    removeTrial: 'changes',
    removeTrialsBefore: 'changes',
    listFiles: 'reads',
    readFile: 'reads',
    removeFiles: 'changes',
    writeManifest: 'changes',
    readManifest: 'reads',
    removeImage: 'changes',
    listImageIds: 'reads',
    writeJobLog: 'changes',
    readJobLog: 'reads',
    removeJobLogsBefore: 'changes',
    check: 'reads',
  },
  probe: {
    connect: 'reads',
    readOrder: 'reads',
    readTrusted: 'reads',
    ensurePassword: 'changes',
    ensureDurableExtension: 'changes',
    ensureOwner: 'changes',
  },
  instances: {
    read: 'reads',
    readPassword: 'reads',
    readOwnerPassword: 'reads',
    readNextPassword: 'reads',
    takeNextPassword: 'writes',
    takeNextOwnerPassword: 'writes',
    forgetNextPassword: 'writes',
    markRunning: 'writes',
    markStopped: 'writes',
    markFailed: 'writes',
    markDeleting: 'writes',
    markDeleted: 'writes',
    markGrown: 'writes',
    setFailure: 'writes',
    reopenCreation: 'writes',
  },
  images: {
    read: 'reads',
    readEncryptedSecrets: 'reads',
    readFileKey: 'reads',
    openFile: 'reads',
    markAvailable: 'writes',
    markFailed: 'writes',
    markDeleted: 'writes',
    endDeletion: 'writes',
    reopenDeletion: 'writes',
    setFailure: 'writes',
    reopenCreation: 'writes',
  },
  drills: {
    read: 'reads',
    readPassword: 'reads',
    begin: 'writes',
    noteRecovery: 'writes',
    noteComparison: 'writes',
    markPassed: 'writes',
    markEnded: 'writes',
    reopen: 'writes',
  },
  jobs: { ensure: 'changes', update: 'changes', list: 'reads' },
} as const satisfies Effects;

/** Whether a verb changes something that no rollback takes back. Throws for what is no verb of the port. */
export function changesSomething(port: keyof WorkflowServices, verb: string): boolean {
  const effects: Readonly<Record<string, Effect>> = EFFECTS[port];
  const effect = effects[verb];
  if (effect === undefined) throw new Error(`nobody has said what ${port}.${verb} does: see jobs/ports/effects.ts`);
  return effect === 'changes';
}
