import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, nodeBinary, serverMain } from '../runtime-paths.mjs';

/* The VS Code server of one suite: its own data folder, a free port of the loopback interface, one process group. */

const readyLimitMs = 30_000;
const stopGraceMs = 5_000;

const quietSettings = {
  'workbench.startupEditor': 'none',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'editor.hover.delay': 100,
  'window.autoDetectColorScheme': false,
  'workbench.reduceMotion': 'on',
  'workbench.colorTheme': 'Dark Modern',
};

/**
 * @param {string} dataFolder fresh folder for the server's settings, extensions and logs
 * @param {{ settings?: Record<string, unknown>, environment?: Record<string, string>, trusted?: boolean }} [options]
 * @returns {Promise<{ port: number, output(): string, stop(): Promise<void> }>}
 */
export async function startServer(dataFolder, { settings = {}, environment = {}, trusted = true } = {}) {
  mkdirSync(join(dataFolder, 'data', 'User'), { recursive: true });
  const settingsFile = join(dataFolder, 'data', 'User', 'settings.json');
  writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  const flags = ['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'];
  flags.push('--server-data-dir', dataFolder, '--telemetry-level', 'off');
  if (trusted) flags.push('--disable-workspace-trust');
  const child = spawn(nodeBinary, [serverMain, ...flags], {
    detached: true,
    // Without a gallery: the tests reach nothing outside this machine.
    env: cleanEnvironment({ EXTENSIONS_GALLERY: '{}', ...environment }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const port = await new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`The VS Code server did not start: ${reason}\n${output}`));
    const limit = setTimeout(() => fail(`nothing heard for ${readyLimitMs} ms`), readyLimitMs);
    const listen = (bytes) => {
      output += bytes;
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(limit);
      resolve(Number(port));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with ${code}`));
  });
  return {
    port,
    output: () => output,
    async stop() {
      signalGroup(child.pid, 'SIGTERM');
      const kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), stopGraceMs);
      await ended;
      clearTimeout(kill);
      // The extension host is in the same group, and may outlive the server for a moment.
      signalGroup(child.pid, 'SIGKILL');
    },
  };
}

/** Installs a packaged extension into the data folder that a server is then started with. */
export function installVsix(dataFolder, vsixFile) {
  const flags = ['--server-data-dir', dataFolder, '--accept-server-license-terms', '--force'];
  const { status, stdout, stderr } = spawnSync(nodeBinary, [serverMain, ...flags, '--install-extension', vsixFile], {
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${vsixFile} could not be installed:\n${stdout}\n${stderr}`);
}

function signalGroup(processId, signal) {
  try {
    process.kill(-processId, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
