// Packs what is in dist/ into a VSIX for this machine's platform: `node scripts/package.mjs [--build] [FILE]`.
import { createVSIX } from '@vscode/vsce';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectNotices } from './collect-notices.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
/** sharp and webgpu can't be bundled: they load libraries of the platform. vsce leaves out the root's node_modules, not this one. */
const stagedModules = path.join(root, 'dist/node_modules');

/** Returns the path of the VSIX. */
export async function packageExtension(file) {
  const target = `${process.platform}-${process.arch}`;
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const packagePath = path.resolve(file ?? path.join(root, `cnn-lab-${target}-${version}.vsix`));
  await mkdir(path.dirname(packagePath), { recursive: true });
  await rm(stagedModules, { recursive: true, force: true });
  try {
    await stage('sharp', new Set());
    await stageWebgpu();
    await writeFile(path.join(root, 'dist/NOTICES.txt'), await collectNotices(['sharp', 'webgpu']));
    await createVSIX({
      cwd: root,
      packagePath,
      target,
      dependencies: false,
      rewriteRelativeLinks: false,
      allowMissingRepository: true,
    });
  } finally {
    // The worker of a checkout loads the modules that npm keeps up to date.
    await rm(stagedModules, { recursive: true, force: true });
  }
  return packagePath;
}

/** Copies a module with what it needs; of optional ones, those that npm has installed for this platform. */
async function stage(name, done) {
  if (done.has(name)) return;
  done.add(name);
  const folder = path.join(root, 'node_modules', name);
  const { dependencies = {}, optionalDependencies = {} } = require(path.join(folder, 'package.json'));
  await cp(folder, path.join(stagedModules, name), { recursive: true });
  for (const each of Object.keys(dependencies)) await stage(each, done);
  for (const each of Object.keys(optionalDependencies)) {
    if (await exists(path.join(root, 'node_modules', each))) await stage(each, done);
  }
}

/**
 * Dawn comes for all platforms at once: of them, this machine's. What it needs of JavaScript is one file. On a platform that it is
 * not made for there is no GPU support, and nothing to stage.
 */
async function stageWebgpu() {
  const folder = path.join(root, 'node_modules/webgpu');
  const binaries = `dist/${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
  if (!(await exists(path.join(folder, binaries)))) return;
  for (const part of ['package.json', 'index.js', 'LICENSE.md', binaries]) {
    await cp(path.join(folder, part), path.join(stagedModules, 'webgpu', part), { recursive: true });
  }
}

async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  if (process.argv.includes('--build')) {
    const { build } = await import('./build.mjs');
    await build({ production: true });
  }
  await packageExtension(file);
}
