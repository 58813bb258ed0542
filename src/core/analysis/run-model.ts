import type { Dim } from '../graph/dim';
import { buildJavaScriptTarget } from '../javascript/build-js-target';
import { openScript } from '../javascript/open-script';
import { callKerasModel, shownInput } from '../python/emit-keras-model';
import { callModel } from '../python/emit-model';
import { isKerasLayer } from '../python/library/keras/is-keras-layer';
import { shownShape } from '../python/library/keras/keras-tensor';
import { layerState } from '../python/library/keras/layer-state';
import type { Interpreter, ModuleReader } from '../python/runtime/interpreter';
import type { InstanceValue, Value } from '../python/runtime/values';
import type { SourceFile } from '../python/source-file';
import { buildTarget, openFile } from '../python/trace-model';
import type { SourceLanguage } from './file-analysis';
import type { AnalyzedInput, Framework } from './model-analysis';

export interface OpenedSource {
  readonly interpreter: Interpreter;
  /** Makes the model that a target names. Throws a SourceError. */
  make(this: void, target: string, input: AnalyzedInput, numClasses: number | undefined): InstanceValue;
}

/** Reads a file's top level. Throws a SourceError where that is not its language. */
export function openSource(
  file: SourceFile,
  language: SourceLanguage,
  readModule: ModuleReader | undefined,
): OpenedSource {
  if (language !== 'python') {
    const { interpreter, frame } = openScript(file, language, readModule);
    return { interpreter, make: (target) => buildJavaScriptTarget(frame, target) };
  }
  const { interpreter, module } = openFile(file, readModule);
  return {
    interpreter,
    make: (target, { shape }, numClasses) =>
      buildTarget(interpreter, module, file, target, {
        inputShape: shape,
        ...(numClasses === undefined ? {} : { numClasses }),
      }),
  };
}

export function frameworkOf(model: Value, language: SourceLanguage): Framework {
  if (language !== 'python') return 'tensorflow.js';
  return isKerasLayer(model) ? 'keras' : 'pytorch';
}

/** Calls a model once; `input` is what it was called with, as the framework shows it. */
export function runModel(
  interpreter: Interpreter,
  model: InstanceValue,
  input: AnalyzedInput,
): { readonly output: Value; readonly input: AnalyzedInput } {
  if (!isKerasLayer(model)) {
    return { output: callModel(interpreter, model, { shape: input.shape, dtype: 'f32' }).output, input };
  }
  const isInCode = input.origin.kind === 'comment' || input.origin.kind === 'call' || input.origin.kind === 'code';
  // What does not stand in the code is written as PyTorch has it.
  const shape = isInCode ? input.shape : shownInput(interpreter, input.shape);
  const { functional, inputShape } = layerState(interpreter, model);
  const { inputs, output } = callKerasModel(interpreter, model, shape);
  const shapes = inputs.map((each) => shownShape(each).map((size, dim): Dim => (dim === 0 ? 'N' : size)));
  const declared = functional !== undefined || inputShape !== undefined;
  const [first = shape] = shapes;
  return { output, input: { shape: first, origin: declared ? { kind: 'code' } : input.origin } };
}
