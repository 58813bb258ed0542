import type { InspectionPanelKind } from '../../protocol/inspection-panel';
import type { InspectionArgument } from '../command-table';
import type { InspectionPanels } from '../panels/inspection-panels';
import type { Services } from '../services';
import { resolveRun } from './pick-run';

/** Opens a panel on a run or a model; on the run that the user picks where neither is given. */
export async function openInspection(
  services: Services,
  panels: InspectionPanels,
  kind: InspectionPanelKind,
  argument: InspectionArgument,
): Promise<void> {
  const { model } = argument;
  if (model && argument.runFolder === undefined) {
    panels.show(kind, { subject: { kind: 'model', ...model, inputShape: null, classCount: null, seed: 0 } });
    return;
  }
  const run = await resolveRun(services, argument, {
    title: 'Look into a Network',
    placeholder: 'Which experiment?',
    filter: ({ record }) => record !== undefined,
    none: 'There are no experiments to look into yet. Train a model first.',
  });
  const checkpoint = run.status === 'running' ? 'last' : 'best';
  panels.show(kind, { subject: { kind: 'run', runFolder: run.folder, checkpoint } });
}
