import type { FileRequest } from '../../core/analysis/file-analysis';
import type { AnalyzedInput } from '../../core/analysis/model-analysis';
import type { RememberedData } from '../train/remembered-choices';

/**
 * What is known of a file's models besides their code: the data sets that they were last trained on, and the setting
 * for all. Sizes are [C, H, W].
 */
export function knownInputs(
  data: Readonly<Record<string, RememberedData>>,
  setting: readonly number[] | undefined,
): Pick<FileRequest, 'inputs' | 'classCounts'> {
  const inputs: Record<string, AnalyzedInput> = {};
  const classCounts: Record<string, number> = {};
  if (setting) inputs['*'] = { shape: ['N', ...setting], origin: { kind: 'setting' } };
  for (const [target, { name, imageShape, classCount }] of Object.entries(data)) {
    if (imageShape) inputs[target] = { shape: ['N', ...imageShape], origin: { kind: 'dataset', name } };
    classCounts[target] = classCount;
  }
  return { inputs, classCounts };
}
