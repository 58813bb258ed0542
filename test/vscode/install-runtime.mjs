import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  chromiumBinary,
  cleanEnvironment,
  modulesFolder,
  nodeBinary,
  serverFolder,
  serverMain,
  testFolder,
} from './runtime-paths.mjs';

/*
 * Installs what the tests in a real VS Code need: a VS Code server and Node.js 24 from the npm registry, and Debian's
 * Chromium. A stamp over everything that decides the outcome makes a second call cost nothing.
 */

const stampFile = join(modulesFolder, '.runtime-stamp');
/** Built-in extensions that ask the network for something, or that need native modules which are not installed. */
const unwantedExtensions = ['copilot', 'git', 'github', 'microsoft-authentication', 'tunnel-forwarding'];

export function installRuntime() {
  if (process.platform !== 'linux') throw new Error('The tests in a real VS Code run on Linux only.');
  installServer();
  installChromium();
}

function installServer() {
  const stamp = currentStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(serverMain)) return;
  console.log('Installing VS Code for the tests (once)…');
  // With npm's own variables in the environment, npm would work on the root package.
  const environment = Object.fromEntries(
    Object.entries(cleanEnvironment()).filter(([name]) => !/^npm_(config_.*prefix|package_|lifecycle_)/i.test(name)),
  );
  execute('npm', ['ci', '--prefix', testFolder, '--ignore-scripts', '--no-audit', '--no-fund'], environment);
  const serverModules = join(serverFolder, 'node_modules');
  rmSync(serverModules, { recursive: true, force: true });
  // VS Code imports its dependencies from there, and serves them to the page from there.
  symlinkSync(join('..', '..', '..'), serverModules);
  for (const name of unwantedExtensions) {
    rmSync(join(serverFolder, 'extensions', name), { recursive: true, force: true });
  }
  if (!existsSync(nodeBinary)) throw new Error(`There is no Node.js 24 for ${process.arch}: ${nodeBinary} is absent.`);
  writeFileSync(stampFile, stamp);
}

function installChromium() {
  if (existsSync(chromiumBinary)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`Chromium is needed at ${chromiumBinary}: install it, or name it in CHROMIUM_PATH.`);
  }
  console.log('Installing chromium…');
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execute('apt-get', ['update', '-qq'], environment);
  execute('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], environment);
}

function execute(command, args, env) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8', cwd: testFolder });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
}

function currentStamp() {
  const files = ['package.json', 'package-lock.json', 'install-runtime.mjs'].map((name) => join(testFolder, name));
  const stubs = readdirSync(join(testFolder, 'stubs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, ...stubs]) hash.update(readFileSync(file));
  return hash.digest('hex');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) installRuntime();
