/** What users read while a job is in a phase of its script and says nothing more exact itself. */
const WORDS: Readonly<Record<string, string>> = {
  dump: 'dumping the databases',
  hash: 'hashing the files',
  upload: 'uploading the files',
  copy: 'copying the files of the cluster',
  unpack: 'unpacking the files of the cluster',
  recover: 'recovering the cluster',
  compare: 'comparing',
  files: 'holding the files against their manifest',
  pages: 'reading every page',
  download: 'downloading the files',
  check: 'checking the files',
  restore: 'restoring the databases',
  analyze: 'gathering statistics',
  tools: 'looking for the tools',
  identity: 'looking for an identity',
  write: 'writing to the blob store',
  read: 'reading from the blob store',
};

/** The phase as a phrase; its own name for one that is not known here. */
export function describePhase(phase: string): string {
  return WORDS[phase] ?? phase;
}
