import { basename, join, relative } from 'node:path';

/** Where the parts of CNN Lab lie, seen from dist/cli.js. */
export const workerScript = join(__dirname, 'worker.js');
export const inspectorScript = join(__dirname, 'inspector.js');
export const datasetInspectorScript = join(__dirname, 'dataset-inspector.js');
export const zooFolder = join(__dirname, '..', 'samples', 'models');
export const sampleDataFolder = join(__dirname, '..', 'samples', 'data');

/** How this program was called, for commands that a person may copy: `cnn-lab`, or `node dist/cli.js` in a checkout. */
export function ownCommand(script = process.argv[1] ?? ''): string {
  if (basename(script) !== 'cli.js') return 'cnn-lab';
  const path = relative(process.cwd(), script);
  return `node ${/\s/.test(path) ? `"${path}"` : path}`;
}
