import * as vscode from 'vscode';
import type { Subject } from '../../protocol/inspection';
import { inspectionPanelTitles, type InspectionPanelKind } from '../../protocol/inspection-panel';
import type { InspectionArgument } from '../command-table';
import type { InspectionPanels } from '../panels/inspection-panels';
import { pickItem } from '../quick-steps';
import type { LibraryRun } from '../runs/library-run';
import { describeRun } from '../runs/run-presentation';
import type { Services } from '../services';
import { resolveRun } from './pick-run';

/** Opens a panel on a run or a model; on the run that the user picks where neither is given. */
export async function openInspection(
  services: Services,
  panels: InspectionPanels,
  kind: InspectionPanelKind,
  argument: InspectionArgument,
): Promise<void> {
  panels.show(kind, { subject: await chooseSubject(services, argument) });
}

/** Asks which of the panels to open. */
export async function lookInside(
  services: Services,
  panels: InspectionPanels,
  argument: InspectionArgument,
): Promise<void> {
  const subject = await chooseSubject(services, argument);
  // Classes can't be confused before anything was learned.
  const kinds = panelChoices.filter(({ panel }) => subject.kind === 'run' || panel !== 'confusion');
  const outcome = await pickItem({ title: 'Look Inside', placeholder: 'What would you like to see?', items: kinds });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  panels.show(outcome.value.panel, { subject });
}

async function chooseSubject(services: Services, argument: InspectionArgument): Promise<Subject> {
  const { model } = argument;
  if (model && argument.runFolder === undefined) {
    const runs = (await services.library.runs()).filter(({ record }) => isOf(record?.model, model));
    return runs.length === 0 ? untrained(model) : pickSubject(model, runs);
  }
  return runSubject(
    await resolveRun(services, argument, {
      title: 'Look into a Network',
      placeholder: 'Which experiment?',
      filter: ({ record }) => record !== undefined,
      none: 'There are no experiments to look into yet. Train a model first.',
    }),
  );
}

type Model = NonNullable<InspectionArgument['model']>;

/** Experiments with the model, the newest first, or the model as it is before training. */
async function pickSubject(model: Model, runs: readonly LibraryRun[]): Promise<Subject> {
  const outcome = await pickItem({
    title: 'Look Inside',
    placeholder: 'With which weights?',
    items: [
      ...runs.map((run) => ({ label: run.name, description: describeRun(run), subject: runSubject(run) })),
      { label: 'Untrained', description: 'weights as PyTorch draws them', subject: untrained(model) },
    ],
  });
  if (outcome.kind !== 'done') throw new vscode.CancellationError();
  return outcome.value.subject;
}

function isOf(trained: { readonly file: string; readonly target: string | null } | undefined, model: Model): boolean {
  return trained?.file === model.file && (model.target === null || trained.target === model.target);
}

function runSubject({ folder, status }: LibraryRun): Subject {
  return { kind: 'run', runFolder: folder, checkpoint: status === 'running' ? 'last' : 'best' };
}

function untrained(model: Model): Subject {
  return { kind: 'model', ...model, inputShape: null, classCount: null, seed: 0 };
}

const descriptions: Readonly<Record<InspectionPanelKind, readonly [icon: string, description: string]>> = {
  filters: ['symbol-array', 'the kernels of any convolution'],
  'feature-maps': ['layers', 'what every layer makes of an image, down to the numbers'],
  'receptive-field': ['target', 'how much of the image each layer sees'],
  prediction: ['lightbulb', 'what an image is taken for, and why'],
  confusion: ['table', 'which classes are taken for which'],
  'class-view': ['wand', 'what excites a filter or a class most'],
  'kernel-playground': ['symbol-operator', 'convolution by hand'],
};

const panelChoices = (Object.keys(descriptions) as InspectionPanelKind[]).map((kind) => {
  const [icon, description] = descriptions[kind];
  return { label: `$(${icon}) ${inspectionPanelTitles[kind]}`, description, panel: kind };
});
