/** What one step of training takes, before anything runs. */
export type TrainingMemory =
  | {
      readonly kind: 'known';
      readonly batchSize: number;
      /** Parameters, their gradients, the optimiser's moments, buffers. */
      readonly stateBytes: number;
      /** Activations and their gradients, in memory that they share in turns. */
      readonly arenaBytes: number;
      /** What kernels need while they run. */
      readonly scratchBytes: number;
      /** Most that the engine takes on this machine: larger batches are trained in parts. */
      readonly limitBytes: number;
    }
  /** In a sentence: the model cannot be trained, or its input's size is open. */
  | { readonly kind: 'unknown'; readonly reason: string };

export function totalTrainingBytes({
  stateBytes,
  arenaBytes,
  scratchBytes,
}: TrainingMemory & { readonly kind: 'known' }): number {
  return stateBytes + arenaBytes + scratchBytes;
}
