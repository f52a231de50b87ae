import type { Command } from 'commander';
import { actionsOf, type Surroundings } from '../../session.ts';
import { addChangeCommands } from './change.ts';
import { addContentCommands } from './content.ts';
import { addCreateCommand } from './create.ts';
import { addDeleteCommand } from './delete.ts';
import { addListCommands } from './list.ts';

/** `toygres image ...` */
export function addImageCommands(program: Command, surroundings: Surroundings): void {
  const image = program.command('image').description('images of servers: take, look at, prove, delete');
  const action = actionsOf(surroundings);
  addCreateCommand(image, action);
  addListCommands(image, action);
  addChangeCommands(image, action);
  addDeleteCommand(image, action);
  addContentCommands(image, action);
}
