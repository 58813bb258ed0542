import * as vscode from 'vscode';
import { commandTable } from './command-table';
import type { LibraryRun } from './runs/library-run';
import type { RunLibrary } from './runs/run-library';
import type { TrainingService } from './training-service';

/** Trainings that the last window took with it (a reload, a crash) were saved: offers to go on with them. */
export async function offerInterrupted(training: TrainingService, library: RunLibrary): Promise<void> {
  await Promise.all(
    training.takeInterrupted().map(async (runFolder) => {
      const run = await ended(runFolder, library);
      if (!run || run.status === 'completed') return;
      const resume = commandTable.resumeTraining.title;
      const message = `The training of ${run.name} was interrupted when the window closed. What it had learned is saved.`;
      if ((await vscode.window.showInformationMessage(message, resume)) !== resume) return;
      await vscode.commands.executeCommand(commandTable.resumeTraining.id, { runFolder });
    }),
  );
}

/** The run once its process is gone, which may still be saving; undefined where there is no run. */
async function ended(runFolder: string, library: RunLibrary): Promise<LibraryRun | undefined> {
  await library.runs();
  return new Promise((resolve) => {
    const look = () => {
      const run = library.get(runFolder);
      if (run?.status === 'running') return;
      changes.dispose();
      clearTimeout(limit);
      resolve(run);
    };
    const changes = library.onDidChange(look);
    const limit = setTimeout(() => {
      changes.dispose();
      void library.refresh(runFolder).then(() => resolve(library.get(runFolder)));
    }, savingLimitMs);
    look();
  });
}

/** As long as a worker may take to save and end. */
const savingLimitMs = 30_000;
