/** What the optional TensorFlow engine runs on, the most wanted first: the native builds of TensorFlow.js. */
export const tensorflowPackages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

export type TensorflowPackage = (typeof tensorflowPackages)[number];

/** The version that the engine's ops are written and tested with (its pure JavaScript backend is the tests' oracle). */
export const tensorflowVersion = '4.22.0';

/** Environment variable of the worker: folders whose node_modules may have one of the packages, most wanted first. */
export const tensorflowFoldersVariable = 'CNN_LAB_TENSORFLOW_FOLDERS';

/** What an installation needs, for people who are about to make one. Source: tfjs-node's README and install script. */
export function tensorflowNeeds(name: TensorflowPackage): string {
  const both =
    'Several hundred MB are downloaded from the npm registry and storage.googleapis.com. 64-bit processors only.';
  return name === '@tensorflow/tfjs-node-gpu'
    ? `It needs an NVIDIA graphics card, CUDA 11 and cuDNN 8 on Windows or Linux. ${both}`
    : both;
}
