// Runs a program of Node as another user, in this process: azurite-as-user.mjs UID GID PROGRAM ARGUMENT...
// Its files are loaded as root, since that user may not enter the directory where they lie; nothing of it has run by then but
// what loading runs. It stays below that user's rights: nothing it does later is done as root.
import { createRequire } from 'node:module';

const [uid, gid, program] = process.argv.splice(2, 3);
process.argv[1] = program;
createRequire(import.meta.url)(program);
process.setgroups([Number(gid)]);
process.setgid(Number(gid));
process.setuid(Number(uid));
