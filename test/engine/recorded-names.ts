import type { TorchTensors } from './torch-fixtures';

/** Our names of results, and torch's. */
export function recordedNames(tensors: TorchTensors): [ours: string, torch: string][] {
  return tensors.names.flatMap((torch): [string, string][] => {
    if (torch === 'y' || torch === 'loss') return [[torch, torch]];
    // How many batches were seen is the host's to count.
    if (torch.endsWith('num_batches_tracked')) return [];
    if (torch.startsWith('grad/')) return [[torch.replace('grad/', 'grad:'), torch]];
    if (torch.startsWith('after/')) return [[torch.replace('after/', 'after:'), torch]];
    return [];
  });
}
