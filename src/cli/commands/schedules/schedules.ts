import type { Command } from 'commander';
import { actionsOf, type Surroundings } from '../../session.ts';
import { addChangeCommands } from './change.ts';
import { addListCommands } from './list.ts';
import { addPreviewCommand } from './preview.ts';
import { addRunCommands } from './run.ts';

/** `toygres schedule ...` */
export function addScheduleCommands(program: Command, surroundings: Surroundings): void {
  const schedule = program.command('schedule').description('images by themselves: when, of what, how long they stay');
  const action = actionsOf(surroundings);
  addChangeCommands(schedule, action);
  addListCommands(schedule, action);
  addRunCommands(schedule, action);
  addPreviewCommand(schedule, action);
}
