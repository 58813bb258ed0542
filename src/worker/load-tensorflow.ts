import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import util from 'node:util';
import { UserError, describeError } from '../core/errors';
import type { Engine } from '../engine/engine';
import { createTensorflowEngine } from '../engine/tensorflow/tensorflow-engine';
import type { Tensorflow } from '../engine/tensorflow/tensorflow-module';
import {
  tensorflowFoldersVariable,
  tensorflowNeeds,
  tensorflowPackages,
  type TensorflowPackage,
} from '../node/tensorflow-packages';
import type { JobContext } from './job';

/** The TensorFlow engine on the native build that is installed. Throws a UserError where there is none that can be loaded. */
export async function openTensorflow({ events }: Pick<JobContext, 'events'>): Promise<Engine> {
  const { name, path } = findTensorflow(tensorflowFolders());
  const { tf, usesGpu } = await loadTensorflow(name, path);
  if (name === '@tensorflow/tfjs-node-gpu' && !usesGpu) {
    events.warning({
      message: `TensorFlow finds no graphics card that it can use, and computes on the processor. ${tensorflowNeeds(name)}`,
    });
  }
  const description = `TensorFlow.js ${tf.version_core}, ${usesGpu ? 'NVIDIA GPU' : 'CPU'}`;
  return createTensorflowEngine({ tf, description });
}

/** Where to look: what the host names (the extension's own installation, the open folders), else the working directory. */
export function tensorflowFolders(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const named = environment[tensorflowFoldersVariable];
  return named === undefined || named === '' ? [process.cwd()] : named.split(delimiter);
}

/** The first package that can be resolved from one of the folders. Throws a UserError that says what to install, and how. */
export function findTensorflow(folders: readonly string[]): {
  readonly name: TensorflowPackage;
  readonly path: string;
} {
  for (const name of tensorflowPackages) {
    for (const folder of folders) {
      try {
        return { name, path: createRequire(join(folder, 'package.json')).resolve(name) };
      } catch {
        // It is not here: the next folder may have it.
      }
    }
  }
  const [gpu, cpu] = tensorflowPackages;
  throw new UserError(
    `TensorFlow is not installed: neither ${gpu} nor ${cpu} is to be found from ${folders.join(', ')}.`,
    `In VS Code, run “CNN Lab: Install TensorFlow Engine”; in a terminal, “npm install ${gpu}” (or “${cpu}”, without a graphics card) in the folder that you work in. ${tensorflowNeeds(gpu)} Or choose the device auto, which needs none of this.`,
  );
}

async function loadTensorflow(name: TensorflowPackage, path: string) {
  provideRemovedFunctions();
  try {
    const tf = createRequire(path)(path) as Tensorflow;
    await tf.ready();
    return {
      tf,
      usesGpu: 'isUsingGpuDevice' in tf.backend() && Reflect.get(tf.backend(), 'isUsingGpuDevice') === true,
    };
  } catch (error) {
    throw new UserError(
      `${name} is installed, but can't be loaded: ${describeError(error).split('\n')[0] ?? ''}`,
      `Its download may be incomplete, or its libraries missing. ${tensorflowNeeds(name)} Install it again for Node.js ${process.versions.node}, or choose the device auto.`,
      { cause: error },
    );
  }
}

/** Node.js 23 took away what tfjs-node 4.22 still calls. */
function provideRemovedFunctions(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  };
  const known = util as unknown as Record<string, unknown>;
  for (const [name, replacement] of Object.entries(removed)) known[name] ??= replacement;
}
