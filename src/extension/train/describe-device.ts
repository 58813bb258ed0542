import { assertNever } from '../../core/errors';
import type { AutomaticDevice } from '../../protocol/gpu';
import type { DeviceRecord } from '../../protocol/run-folder';
import type { DeviceChoice } from '../../protocol/worker';

/** A choice of device in the form, with what it comes to here. `automatic` undefined: that is not known yet. */
export function describeChoice(choice: DeviceChoice, automatic: AutomaticDevice | undefined): string {
  switch (choice) {
    case 'cpu':
      return 'CPU';
    case 'gpu':
      return automatic?.kind === 'gpu' ? `GPU (${automatic.name})` : 'GPU';
    case 'tensorflow':
      return 'TensorFlow.js';
    case 'auto':
      if (!automatic) return 'automatic';
      if (automatic.kind === 'cpu') return `automatic: CPU (${automatic.reason})`;
      return `automatic: GPU (${automatic.name}${automatic.checked ? '' : ', once it is checked'})`;
    default:
      return assertNever(choice);
  }
}

/** Codicon of what a run is trained on. */
export function deviceIcon({ kind }: DeviceRecord): string {
  return kind === 'wasm' ? 'chip' : 'circuit-board';
}

export const deviceOptions: readonly {
  readonly choice: DeviceChoice;
  readonly label: string;
  readonly detail: string;
}[] = [
  { choice: 'auto', label: 'Automatic', detail: 'A graphics card that computes correctly, else the processor' },
  { choice: 'gpu', label: 'GPU', detail: 'The graphics card; training fails where there is none that can be used' },
  { choice: 'cpu', label: 'CPU', detail: 'The processor' },
  {
    choice: 'tensorflow',
    label: 'TensorFlow.js',
    detail: 'Where the command Install TensorFlow Engine, or npm, has installed it',
  },
];
