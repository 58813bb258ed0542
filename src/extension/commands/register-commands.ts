import * as vscode from 'vscode';
import type { CommandArgument, CommandName } from '../command-table';
import { commandTable } from '../command-table';
import type { ErrorReporter } from '../report-error';

export type CommandHandlers = {
  readonly [Name in CommandName]: (argument: CommandArgument<Name>) => unknown;
};

/** Registers every command of the table. What a handler throws is told to the user; the command then gives undefined. */
export function registerCommands(handlers: CommandHandlers, errors: ErrorReporter): vscode.Disposable {
  const names = Object.keys(commandTable) as CommandName[];
  return vscode.Disposable.from(...names.map((name) => registerCommand(name, handlers, errors)));
}

function registerCommand<Name extends CommandName>(
  name: Name,
  handlers: CommandHandlers,
  errors: ErrorReporter,
): vscode.Disposable {
  const { id, title, parse } = commandTable[name];
  return vscode.commands.registerCommand(id, async (first?: unknown, all?: unknown) => {
    try {
      return await handlers[name](parse(first, all) as CommandArgument<Name>);
    } catch (error) {
      errors.report(title.replace('…', ''), error);
      return undefined;
    }
  });
}
