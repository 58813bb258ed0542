import { importCandidates } from '../core/javascript/import-candidates';
import { readPythonModule, readSource, type SourceText } from './read-python-module';

/** Finds the file that `import … from 'specifier'` names in a JavaScript or TypeScript file; undefined for packages. */
export function readScriptModule(specifier: string, fromFile: string): SourceText | undefined {
  for (const candidate of importCandidates(specifier, fromFile)) {
    const found = readSource(candidate);
    if (found) return found;
  }
  return undefined;
}

/** Finds what a file of any language imports. */
export function readImportedModule(name: string, fromFile: string): SourceText | undefined {
  return /\.[cm]?[jt]sx?$/.test(fromFile) ? readScriptModule(name, fromFile) : readPythonModule(name, fromFile);
}
