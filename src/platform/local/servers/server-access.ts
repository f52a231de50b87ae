import path from 'node:path';
import type { ServerSpec } from '../../../../jobs/ports/platform/servers.ts';
import { writeWholeFile } from '../../../machine/whole-file.ts';
import type { LocalContext } from '../context.ts';
import type { ServerPaths } from '../layout.ts';
import { buildHba, buildIdent } from './server-settings.ts';

/** No secret stands in them, and a server that could change them could let others in. */
const OPTIONS = { mode: 0o644 };

/** Writes whom a server lets in; `us`: the user of this machine who may be its superuser for the moment. */
export async function writeAccess(
  { certificates }: Pick<LocalContext, 'certificates'>,
  spec: ServerSpec,
  { configuration }: Pick<ServerPaths, 'configuration'>,
  us: string | null = null,
): Promise<void> {
  const isTlsOnly = certificates !== null && spec.exposure === 'PUBLIC';
  const hba = buildHba(spec.imageType, isTlsOnly, us !== null);
  await writeWholeFile(path.join(configuration, 'pg_ident.conf'), buildIdent(us), OPTIONS);
  await writeWholeFile(path.join(configuration, 'pg_hba.conf'), hba, OPTIONS);
}
