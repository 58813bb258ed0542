import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { cliScript } from './small-run';

export interface CliEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRun {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<CliEnd>;
}

/** Starts `cnn-lab` as a user's shell does: a process group of its own, which Ctrl+C goes to as a whole. */
export function startCli(
  args: readonly string[],
  cwd: string,
  onStdout?: (text: string) => void,
  environment: Readonly<Record<string, string>> = {},
): CliRun {
  const child = spawn(process.execPath, [cliScript, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onStdout?.(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([exitCode, signal]) => ({
    // As a shell tells it: a Ctrl+C that comes while Node.js is already taking itself down ends it by the signal.
    exitCode: signal === 'SIGINT' ? 130 : (exitCode as number | null),
    stdout,
    stderr,
  }));
  return { process: child, ended };
}

export function runCli(args: readonly string[], cwd: string): Promise<CliEnd> {
  return startCli(args, cwd).ended;
}

/** Ctrl+C: every process of the terminal gets it, the worker too. */
export function pressCtrlC({ process: { pid } }: CliRun): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

/** stdout of `--json`: one object a line. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
