import * as vscode from 'vscode';
import { UserError, describeError } from '../core/errors';

export interface ErrorReporter {
  /** One toast with a way to the log; what is not the user's to mend is logged with its stack. `what` failed, as in "Training". */
  report(what: string, error: unknown): void;
}

export function createErrorReporter(log: vscode.LogOutputChannel): ErrorReporter {
  return {
    report(what, error) {
      if (error instanceof vscode.CancellationError) return;
      const expected = error instanceof UserError;
      log.error(`${what}: ${expected || !(error instanceof Error) ? describeError(error) : (error.stack ?? error)}`);
      const message = expected ? describeError(error) : `${what} failed: ${describeError(error)}`;
      void vscode.window.showErrorMessage(firstLines(message), showLog).then((choice) => {
        if (choice === showLog) log.show();
      });
    },
  };
}

const showLog = 'Show Log';
const shownLength = 400;

/** A toast is one paragraph; the log has the rest. */
function firstLines(message: string): string {
  const paragraph = message.replace(/\s*\n\s*/g, ' · ');
  return paragraph.length > shownLength ? `${paragraph.slice(0, shownLength)}…` : paragraph;
}
