import { fork } from 'node:child_process';
import { UserError } from '../core/errors';
import { connectRpc, type CallTable, type EventTable } from '../protocol/rpc';
import { helperEnvironment } from './helper-environment';
import { channelTo, exitOf, tellingLine } from './worker-process';

/** A process that answers calls for its host, as the host sees it: it lives until it is disposed of. */
export interface HelperProcess<Calls> {
  /** Each call rejects when the process ends before it has answered. */
  readonly calls: Calls;
  /** Resolves, never rejects, when the process is gone; then another can be started. */
  readonly ended: Promise<void>;
  readonly processId: number | undefined;
  dispose(): Promise<void>;
}

export interface HelperOptions<Events> {
  /** Absolute path of its bundle in dist. */
  readonly script: string;
  readonly events: Partial<Events>;
}

const stderrTailLength = 4_000;

/** `title`: what it is, for the error when it ends unasked: `The process that looks into models`. */
export function startHelper<Calls extends CallTable<Calls>, Events extends EventTable<Events>>(
  title: string,
  { script, events }: HelperOptions<Events>,
): HelperProcess<Calls> {
  const child = fork(script, [], {
    // Nothing of the host's own flags (an inspector's port) belongs to it.
    execArgv: [],
    env: helperEnvironment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderrTail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailLength);
  });
  const rpc = connectRpc<Calls, Events>(channelTo(child), events);
  const ended = exitOf(child).then(({ exitCode, signal, error }) => {
    const how = error?.message ?? (signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`);
    const line = tellingLine(stderrTail);
    const detail = line === undefined ? '' : `\n${line}`;
    rpc.close(new UserError(`${title} has ended (${how}).${detail}`, 'Try again: it is started anew.'));
  });
  return {
    calls: rpc.calls,
    ended,
    processId: child.pid,
    dispose() {
      // It keeps nothing that would be lost, and may be in the middle of a long computation.
      child.kill('SIGKILL');
      return ended;
    },
  };
}
