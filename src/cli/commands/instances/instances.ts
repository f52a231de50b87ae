import type { Command } from 'commander';
import { actionsOf, type Surroundings } from '../../session.ts';
import { addChangeCommands } from './change.ts';
import { addCreateCommand } from './create.ts';
import { addHealthCommands } from './health.ts';
import { addListCommands } from './list.ts';
import { addLoginCommands } from './login.ts';
import { addLogCommand } from './logs.ts';
import { addPowerCommands } from './power.ts';

/** `toygres instance ...` */
export function addInstanceCommands(program: Command, surroundings: Surroundings): void {
  const instance = program.command('instance').description('servers: create, look at, change, delete');
  const action = actionsOf(surroundings);
  addCreateCommand(instance, action);
  addListCommands(instance, action);
  addPowerCommands(instance, action);
  addChangeCommands(instance, action);
  addLogCommand(instance, action);
  addHealthCommands(instance, action);
  addLoginCommands(instance, action);
}
