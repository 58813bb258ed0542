// `npm start`: sets everything up and trains a small network on the shipped digits.
import { installDependencies, root, runAnyway } from './set-up.mjs';

installDependencies();
const { build } = await import('./build.mjs');
await build();

const extra = process.argv.slice(2);
const job = extra.length > 0 ? extra : ['train', 'lenet', '--data', 'digits', '--epochs', '5', '--seed', '1'];
const { status } = runAnyway(process.execPath, ['dist/cli.js', ...job], { cwd: root });
process.exit(status ?? 1);
