import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* Where the parts of the VS Code that the tests run stand. */

export const testFolder = dirname(fileURLToPath(import.meta.url));
export const repositoryFolder = join(testFolder, '..', '..');
export const resultsFolder = join(repositoryFolder, 'test-results');
export const modulesFolder = join(testFolder, 'node_modules');
export const serverFolder = join(modulesFolder, 'code-server', 'lib', 'vscode');
export const serverMain = join(serverFolder, 'out', 'server-main.js');
/** VS Code 1.139 needs Node.js 24, whatever runs this script. */
export const nodeBinary = join(modulesFolder, `node-linux-${process.arch}`, 'bin', 'node');
export const chromiumBinary = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** The environment without what npm, VS Code or Electron put there for their own children. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}
