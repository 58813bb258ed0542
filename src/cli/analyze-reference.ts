import { analyzeModel } from '../core/analysis/analyze-model';
import type { ModelAnalysis } from '../core/analysis/model-analysis';
import { parseModelReference } from '../node/model-reference';
import { readImportedModule } from '../node/read-script-module';
import { readModelText } from '../node/read-model-text';
import { zooFolder } from './installation';
import { asUsage } from './usage-error';

export interface ReferenceOptions {
  /** [C, H, W] */
  readonly input?: readonly number[];
  readonly classes?: number;
}

/** What is known of a model that a person names: in a Python, JavaScript or TypeScript file, a notebook, or of the zoo. */
export function analyzeReference(
  model: string,
  { input, classes }: ReferenceOptions,
): { readonly file: string; readonly analysis: ModelAnalysis } {
  const folders = { cwd: process.cwd(), zoo: zooFolder };
  const { file, target } = asUsage(() => parseModelReference(model, folders, 'any language'));
  const analysis = analyzeModel({
    file,
    text: readModelText(file),
    target,
    readModule: readImportedModule,
    ...(input ? { inputs: { '*': { shape: ['N', ...input], origin: { kind: 'given' } } } } : {}),
    ...(classes === undefined ? {} : { numClasses: classes }),
  });
  return { file, analysis };
}
