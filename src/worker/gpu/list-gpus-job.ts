import { UserError } from '../../core/errors';
import type { GpuListing } from '../../protocol/gpu';
import type { JobContext } from '../job';
import { findAdapter, listAdapters } from './adapters';
import { foreseeAutomatic } from './automatic-gpu';
import { GpuModuleError } from './load-webgpu';

/** Which GPUs there are, and which is used. */
export async function listGpusJob({ assets }: JobContext): Promise<GpuListing> {
  try {
    const { adapters, refused } = await listAdapters();
    const records = adapters.map(({ record }) => record);
    const found = await findAdapter().catch((error: unknown) => {
      if (error instanceof UserError && !(error instanceof GpuModuleError)) return undefined; // None of the wanted name.
      throw error;
    });
    const chosen = records.findIndex(
      ({ name, backend }) => name === found?.record.name && (backend === found.record.backend || adapters.length === 1),
    );
    const automatic = await foreseeAutomatic(assets).catch((error: unknown) => {
      if (error instanceof UserError) return { kind: 'cpu', reason: error.message } as const;
      throw error;
    });
    return { kind: 'listed', adapters: records, chosen: chosen === -1 ? null : chosen, refused, automatic };
  } catch (error) {
    if (error instanceof GpuModuleError) {
      return { kind: 'unloadable', reason: error.problem, message: `${error.message} ${error.remedy ?? ''}`.trim() };
    }
    throw error;
  }
}
