import { Interpreter, type ModuleReader } from '../python/runtime/interpreter';
import { Tracer } from '../python/runtime/tracer';
import type { SourceFile } from '../python/source-file';
import type { JavaScriptFrame } from './runtime/frame';
import { makeModule } from './runtime/modules';
import { runScript } from './runtime/run-script';
import type { ScriptDialect } from './syntax/parse-script';

/**
 * Reads a file's top level; the models that it describes can then be made and called. `readModule` is given what stands
 * in an import (`./layers.js`) and the file that it stands in; see `importCandidates`.
 */
export function openScript(
  file: SourceFile,
  language: ScriptDialect,
  readModule: ModuleReader | undefined,
): { readonly interpreter: Interpreter; readonly frame: JavaScriptFrame } {
  const interpreter = new Interpreter(file, new Tracer('scrap', false), readModule ? { readModule } : {});
  return { interpreter, frame: runScript(makeModule(interpreter, file), language) };
}
