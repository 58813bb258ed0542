import { UserError, describeError } from '../../core/errors';
import { findLibrary } from '../../node/gpu/find-library';
import type { AutomaticDevice } from '../../protocol/gpu';
import { findAdapter, type FoundAdapter } from './adapters';
import { distrustOf } from './check-gpu';
import { readCheckRecord } from './check-record';
import { GpuModuleError } from './load-webgpu';

export type AutomaticGpu =
  | { readonly kind: 'gpu'; readonly found: FoundAdapter }
  /** Why not, for the middle of a sentence. */
  | { readonly kind: 'cpu'; readonly reason: string };

/** The GPU that is used where the device is left open: a real one that computes correctly. */
export async function automaticGpu(assets: string): Promise<AutomaticGpu> {
  const candidate = await findCandidate();
  if (candidate.kind === 'cpu') return candidate;
  const distrust = await distrustOf(candidate.found, assets);
  return distrust === undefined ? candidate : { kind: 'cpu', reason: notTrusted(candidate.found, distrust) };
}

/** The same without putting the GPU to work. */
export async function foreseeAutomatic(assets: string): Promise<AutomaticDevice> {
  const candidate = await findCandidate();
  if (candidate.kind === 'cpu') return candidate;
  const { found } = candidate;
  const check = await readCheckRecord(found.record, assets);
  if (check.kind === 'failed') return { kind: 'cpu', reason: notTrusted(found, check.reason) };
  return { kind: 'gpu', name: found.record.name, checked: check.kind === 'passed' };
}

async function findCandidate(): Promise<AutomaticGpu> {
  // Nothing is loaded where there is nothing to be found: most servers and containers.
  if (process.platform === 'linux' && (await findLibrary('libvulkan.so.1')) === null) {
    return { kind: 'cpu', reason: 'no GPU was found (no Vulkan loader is installed)' };
  }
  try {
    const found = await findAdapter();
    if (!found) return { kind: 'cpu', reason: 'no GPU was found' };
    if (found.record.software) {
      return { kind: 'cpu', reason: `the only GPU (${found.record.name}) computes on the processor` };
    }
    return { kind: 'gpu', found };
  } catch (error) {
    if (error instanceof GpuModuleError) return { kind: 'cpu', reason: inSentence(error.message) };
    // A name in the environment that no GPU has is told, not passed over.
    if (error instanceof UserError) throw error;
    return { kind: 'cpu', reason: `looking for a GPU failed (${inSentence(describeError(error))})` };
  }
}

function notTrusted({ record }: FoundAdapter, reason: string): string {
  return `${record.name} is not trusted: ${inSentence(reason)}; “cnn-lab doctor” checks it again`;
}

/** Without the stop at its end. */
function inSentence(text: string): string {
  return text.trim().replace(/\.$/, '');
}
