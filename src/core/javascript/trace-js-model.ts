import { emitKerasModel } from '../python/emit-keras-model';
import { SourceError } from '../python/source-error';
import { SourceFile } from '../python/source-file';
import type { TracedModel, TraceRequest } from '../python/trace-model';
import { buildJavaScriptTarget, missingArguments } from './build-js-target';
import { findJavaScriptModels } from './find-js-models';
import { openScript } from './open-script';
import type { ScriptDialect } from './syntax/parse-script';

export interface JavaScriptTraceRequest extends TraceRequest {
  readonly language: ScriptDialect;
}

/**
 * Reads the model that a JavaScript or TypeScript file describes with TensorFlow.js into a Graph, as `traceModel` does
 * for Python. `readModule` is given what stands in an import; see `importCandidates`. Throws a SourceError that says file
 * and line where something is wrong, unknown or not supported.
 */
export function traceJavaScriptModel(request: JavaScriptTraceRequest): TracedModel {
  const file = new SourceFile(request.file, request.text);
  try {
    const target = request.target ?? onlyModel(request, file);
    const { interpreter, frame } = openScript(file, request.language, request.readModule);
    const model = buildJavaScriptTarget(frame, target);
    return { graph: emitKerasModel(interpreter, model, request.inputShape), target, framework: 'tensorflow.js' };
  } catch (error) {
    // The limits on depth leave room, but the nesting of expressions has none.
    if (!(error instanceof RangeError)) throw error;
    throw new SourceError({ file, from: 0, to: 0 }, 'The code is nested too deeply to be read.');
  }
}

function onlyModel(request: JavaScriptTraceRequest, file: SourceFile): string {
  const models = findJavaScriptModels(request.text, request.file, request.language);
  const candidates = models.filter((model) => model.requiredArguments.length === 0 && !model.usedByAnother);
  const [only, second] = candidates;
  if (only && !second) return only.target;
  const whole = { file, from: 0, to: 0 };
  if (only) {
    const names = candidates.map((model) => model.target).join(', ');
    throw new SourceError(whole, 'There are several models in this file.', `Say which one: ${names}.`);
  }
  const needing = models.find((model) => !model.usedByAnother) ?? models[0];
  if (!needing) throw new SourceError(whole, 'There is no model in this file (tf.sequential or tf.model).');
  const place = { file, from: needing.from, to: needing.from + needing.name.length };
  throw missingArguments(place, needing.target, needing.requiredArguments);
}
