import { assertNever } from '../../core/errors';
import { exitCodes } from '../exit-codes';
import { createOutput } from '../output';
import { viewFrom, type InspectOptions, type InspectView } from './inspect-options';
import { showEffectiveField, showReceptiveFields } from './show-fields';
import { showFeatureMaps } from './show-feature-maps';
import { showFilters } from './show-filters';
import { showGradCam, showOcclusion } from './show-heat-maps';
import { showLayers } from './show-layers';
import { showMaximized, showTopImages } from './show-units';
import { withInspection, type Inspection } from './inspection';
import { checkOutput } from './write-output';
import { resolveSubject } from './resolve-subject';

/** `cnn-lab inspect`; gives the exit code. */
export async function inspectCommand(text: string, options: InspectOptions): Promise<number> {
  const output = createOutput(options.json === true);
  const view = viewFrom(options);
  checkOutput(view, options);
  const subject = resolveSubject(text, options);
  await withInspection(output, subject, (inspection) => show(inspection, view, options));
  return exitCodes.done;
}

function show(inspection: Inspection, view: InspectView, options: InspectOptions): Promise<void> {
  switch (view.kind) {
    case 'layers':
      return showLayers(inspection);
    case 'filters':
      return showFilters(inspection, view.layer, options);
    case 'feature-maps':
      return showFeatureMaps(inspection, view.layer, options);
    case 'receptive-field':
      return showReceptiveFields(inspection, view.layer);
    case 'effective-field':
      return showEffectiveField(inspection, view.layer, options);
    case 'grad-cam':
      return showGradCam(inspection, view.layer, options);
    case 'occlusion':
      return showOcclusion(inspection, options);
    case 'maximize':
      return showMaximized(inspection, view.unit, options);
    case 'top-images':
      return showTopImages(inspection, view.unit, options);
    default:
      return assertNever(view);
  }
}
