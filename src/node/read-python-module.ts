import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface SourceText {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/**
 * Finds the file of `import dottedName` in the file `fromFile`, as Python would when it is started in the folder of the
 * importing file or one above it. `.name` and `..name` are relative to the importing file's package. Of installed
 * packages only torchvision is found: its networks, in the words of this project (samples/torchvision).
 */
export function readPythonModule(dottedName: string, fromFile: string): SourceText | undefined {
  const dots = /^\.*/.exec(dottedName)?.[0].length ?? 0;
  const parts = dottedName.slice(dots).split('.').filter(Boolean);
  let folder = dirname(fromFile);
  if (dots > 0) {
    for (let level = 1; level < dots; level++) folder = dirname(folder);
    return readModuleIn(folder, parts);
  }
  if (parts.length === 0) return undefined;
  for (let level = 0; level <= foldersAbove; level++) {
    const found = readModuleIn(folder, parts);
    if (found) return found;
    const above = dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  return bundled === undefined ? undefined : readModuleIn(bundled, parts);
}

/** The samples folder, seen from dist/ and from this file. */
const bundled =
  typeof __dirname === 'string'
    ? [join(__dirname, '..', 'samples'), join(__dirname, '..', '..', 'samples')].find((folder) =>
        existsSync(join(folder, 'torchvision', '__init__.py')),
      )
    : undefined;

/** How far above the importing file a project's root may lie. */
const foldersAbove = 4;
/** A larger file is data, not a model. */
const maxSourceBytes = 2_000_000;

function readModuleIn(folder: string, parts: readonly string[]): SourceText | undefined {
  const base = join(folder, ...parts);
  return (parts.length > 0 ? readSource(`${base}.py`) : undefined) ?? readSource(join(base, '__init__.py'));
}

export function readSource(file: string): SourceText | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > maxSourceBytes) return undefined;
  return { file, text: readFileSync(file, 'utf8') };
}
