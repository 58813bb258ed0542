// Type-checks every part under its own tsconfig, so that no part sees another's libraries.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
const compiler = path.join(root, 'node_modules/typescript/bin/tsc');

const failed = references
  .map(({ path: part }) => part)
  .filter((part) => spawnSync(process.execPath, [compiler, '-p', part], { cwd: root, stdio: 'inherit' }).status !== 0);
if (failed.length > 0) {
  console.error(`Type errors in: ${failed.join(', ')}`);
  process.exit(1);
}
console.log(`Types are sound in ${references.length} parts.`);
