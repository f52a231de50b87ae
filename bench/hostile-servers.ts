import { HOSTILITIES } from '../test/support/hostile-servers.ts';

/** So many servers, of each kind as many; says their ports and lives until its input ends. */
const makers = Object.values(HOSTILITIES);
const ports: number[] = [];
for (let index = 0; index < Number(process.argv[2]); index += 1) {
  const make = makers[index % makers.length];
  if (make !== undefined) ports.push((await make()).port);
}
process.stdout.write(`${JSON.stringify(ports)}\n`);
process.stdin.resume().on('end', () => process.exit());
