import { fork } from 'node:child_process';
import { UserError } from '../core/errors';
import type { InspectionCalls, InspectionEvents } from '../protocol/inspection';
import { connectRpc } from '../protocol/rpc';
import { channelTo, exitOf, tellingLine } from './worker-process';

/** An inspection process as its host sees it: it lives until it is disposed of. */
export interface InspectorProcess {
  /** Each call rejects when the process ends before it has answered. */
  readonly calls: InspectionCalls;
  /** Resolves, never rejects, when the process is gone; then another can be started. */
  readonly ended: Promise<void>;
  readonly processId: number | undefined;
  dispose(): Promise<void>;
}

export interface InspectorOptions {
  /** Absolute path of dist/inspector.js. */
  readonly script: string;
  readonly events: Partial<InspectionEvents>;
}

const stderrTailLength = 4_000;

export function startInspector({ script, events }: InspectorOptions): InspectorProcess {
  const child = fork(script, [], {
    // Nothing of the host's own flags (an inspector's port) belongs to it.
    execArgv: [],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderrTail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailLength);
  });
  const rpc = connectRpc<InspectionCalls, InspectionEvents>(channelTo(child), events);
  const ended = exitOf(child).then(({ exitCode, signal, error }) => {
    const how = error?.message ?? (signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`);
    const line = tellingLine(stderrTail);
    const detail = line === undefined ? '' : `\n${line}`;
    rpc.close(
      new UserError(
        `The process that looks into models has ended (${how}).${detail}`,
        'Try again: it is started anew.',
      ),
    );
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
