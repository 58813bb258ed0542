import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../core/errors';
import { tensorflowNeeds, tensorflowVersion, type TensorflowPackage } from './tensorflow-packages';

export interface InstallOptions {
  readonly name: TensorflowPackage;
  /** Absolute path; made where it is not there. What was installed in it before is replaced. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Each line that npm writes. */
  readonly onLine: (line: string) => void;
  /** Absent: `npm`, from the PATH. */
  readonly npm?: { readonly command: string; readonly args: readonly string[] };
}

/**
 * Installs a native build of TensorFlow.js into a folder of its own with npm. Rejects with a UserError where that fails, with
 * the signal's reason where it was aborted; then nothing half installed is left.
 */
export async function installTensorflow(options: InstallOptions): Promise<void> {
  const { name, folder, signal, onLine } = options;
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "cnn-lab-tensorflow", "private": true }\n');
  try {
    await runNpm(
      options,
      ['install', '--no-audit', '--no-fund', '--loglevel=info', `${name}@${tensorflowVersion}`],
      onLine,
    );
  } catch (error) {
    await rm(join(folder, 'node_modules'), { recursive: true, force: true });
    throw error;
  }
}

function runNpm(
  { name, folder, signal, npm = { command: 'npm', args: [] } }: InstallOptions,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32';
    const child = spawn(npm.command, [...npm.args, ...args], {
      cwd: folder,
      // npm is a batch file there, which only a shell can run. All arguments are our own.
      shell: onWindows,
      // A group of its own: the download is a child of npm's, and is to end with it.
      detached: !onWindows,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let tail = '';
    let rest = '';
    const read = (text: string): void => {
      tail = (tail + text).slice(-8_000);
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    const abort = (): void => killTree(child);
    signal.addEventListener('abort', abort);
    child.once('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', abort);
      reject(error.code === 'ENOENT' ? npmMissing(error) : error);
    });
    child.once('close', (code) => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else reject(explainFailure(name, code, tail));
    });
  });
}

/** npm and what it has started. */
function killTree(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended in the meantime.
  }
}

function npmMissing(cause: Error): UserError {
  return new UserError(
    'npm is not to be found on this machine.',
    'Install Node.js (nodejs.org), restart VS Code, and try again. CNN Lab itself trains without it.',
    { cause },
  );
}

/** What npm's last words mean. Exported for tests. */
export function explainFailure(name: TensorflowPackage, code: number | null, output: string): UserError {
  const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/.exec(
    output,
  )?.[1];
  const host =
    /(?:getaddrinfo \w+|connect \w+) ([\w.-]+)/.exec(output)?.[1] ?? /https?:\/\/([\w.-]+)/.exec(output)?.[1];
  if (offline !== undefined) {
    const where = host === undefined ? '' : ` from ${host}`;
    return new UserError(
      `${name} could not be downloaded${where} (${offline}): this machine is offline, or a proxy is in the way.`,
      'Nothing was changed. Try again with a connection to registry.npmjs.org and storage.googleapis.com; npm’s own settings (proxy, registry) count.',
    );
  }
  if (/\bENOSPC\b/.test(output)) {
    return new UserError(`There is not enough room on the disk for ${name}.`, 'Free about 2 GB, and try again.');
  }
  const last = output
    .split(/\r?\n/)
    .filter((line) => /\berr(or)?\b/i.test(line))
    .slice(-3)
    .map((line) => line.replace(/^npm (ERR!|error)\s*/, '').trim())
    .join(' ');
  return new UserError(
    `npm could not install ${name} (it ended with ${code ?? 'a signal'})${last === '' ? '.' : `: ${last}`}`,
    `The log of CNN Lab has all that npm said. ${tensorflowNeeds(name)}`,
  );
}
