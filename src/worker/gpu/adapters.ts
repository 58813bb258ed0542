import { UserError } from '../../core/errors';
import { EngineDeviceError } from '../../engine/webgpu/device';
import { describeAdapter } from '../../engine/webgpu/webgpu-engine';
import type { GpuAdapterRecord } from '../../protocol/gpu';
import { isSoftwareAdapter } from './is-software-adapter';
import { loadWebgpu } from './load-webgpu';

export interface FoundAdapter {
  /** Of each adapter a single device can be made: asks for another one of the same GPU. Rejects where it has gone. */
  request(this: void): Promise<GPUAdapter>;
  readonly record: GpuAdapterRecord;
}

interface AdapterName {
  readonly backend: string;
  readonly name: string;
}

/**
 * By the options that they were made with; never let go: an instance that is collected before its adapters, devices and
 * buffers takes the process with it.
 */
const instances = new Map<string, GPU>();

/** What no adapter is called: asked for it, Dawn answers with a list of those that there are. */
const nobody = 'adapter=cnn-lab: which are there?';

/**
 * The GPU that is used: the fastest, or the one that the environment variable CNN_LAB_GPU_ADAPTER names a part of; one in
 * software only where there is no other. Undefined where there is none. Rejects with a UserError where there is none of that name,
 * and with a GpuModuleError where GPUs can't be reached at all.
 */
export async function findAdapter(): Promise<FoundAdapter | undefined> {
  const wanted = process.env['CNN_LAB_GPU_ADAPTER']?.trim();
  const names = await listNames();
  if (wanted) {
    const matching = names.find(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
    const found = matching && (await openAdapter(matching));
    if (found) return found;
    throw new UserError(
      `CNN_LAB_GPU_ADAPTER is '${wanted}', and no GPU is called so.`,
      names.length === 0 ? 'No GPU was found.' : `There are: ${names.map(({ name }) => name).join(', ')}.`,
    );
  }
  const preferred = await requestAdapter([]);
  const first = preferred && found(preferred, nameOf(preferred, names), []);
  if (!first?.record.software) return first;
  for (const name of names) {
    const other = await openAdapter(name);
    if (other && !other.record.software) return other;
  }
  return first;
}

/** Every adapter that is there, in Dawn's order; those that it gives no access to by their names. */
export async function listAdapters(): Promise<{
  readonly adapters: readonly FoundAdapter[];
  readonly refused: readonly string[];
}> {
  const adapters: FoundAdapter[] = [];
  const refused: string[] = [];
  for (const name of await listNames()) {
    const each = await openAdapter(name);
    if (each) adapters.push(each);
    else refused.push(`${name.name} (${name.backend})`);
  }
  return { adapters, refused };
}

/** Dawn's own list, which it gives only as the text of an error. */
export function parseAdapterList(message: string): readonly AdapterName[] {
  const lines = message.matchAll(/^ *\* backend: '([^']*)', name: '(.*)'$/gm);
  return [...lines].map(([, backend = '', name = '']) => ({ backend, name }));
}

async function listNames(): Promise<readonly AdapterName[]> {
  try {
    await (await instance([nobody])).requestAdapter();
    return [];
  } catch (error) {
    if (error instanceof UserError) throw error;
    return parseAdapterList(error instanceof Error ? error.message : String(error));
  }
}

async function openAdapter(name: AdapterName): Promise<FoundAdapter | undefined> {
  const options = [`backend=${name.backend}`, `adapter=${name.name}`];
  const adapter = await requestAdapter(options);
  return adapter && found(adapter, name, options);
}

/** Undefined where there is none, or where Dawn refuses it. */
async function requestAdapter(options: readonly string[]): Promise<GPUAdapter | undefined> {
  try {
    return (await (await instance(options)).requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined; // "No suitable backends found": what there is stands in the list of names.
  }
}

async function instance(options: readonly string[]): Promise<GPU> {
  const all = [...options, ...dawnToggles()];
  const key = JSON.stringify(all);
  const known = instances.get(key);
  if (known) return known;
  const made = (await loadWebgpu()).create(all);
  instances.set(key, made);
  return made;
}

/**
 * Times are not rounded to 0.1 ms, which hides what a kernel takes. Checks of bounds in shaders stay on: what they cost was not
 * measured, and without them a mistake in a kernel is no wrong number but a broken driver. CNN_LAB_DAWN_FEATURES switches more on.
 */
function dawnToggles(): readonly string[] {
  const more = process.env['CNN_LAB_DAWN_FEATURES']?.trim();
  return ['disable-dawn-features=timestamp_quantization', ...(more ? [`enable-dawn-features=${more}`] : [])];
}

function found(
  { info, limits, features }: GPUAdapter,
  { name, backend }: AdapterName,
  options: readonly string[],
): FoundAdapter {
  const { vendor, architecture, description: driver, isFallbackAdapter } = info;
  return {
    async request() {
      const adapter = await requestAdapter(options);
      if (!adapter) throw new EngineDeviceError(`The GPU ${name} is no longer there.`);
      return adapter;
    },
    record: {
      name,
      backend,
      vendor,
      architecture,
      driver,
      software: isSoftwareAdapter({ name, vendor, architecture, driver, isFallbackAdapter }),
      limits: {
        bufferBytes: limits.maxBufferSize,
        bindingBytes: limits.maxStorageBufferBindingSize,
        storageBuffers: limits.maxStorageBuffersPerShaderStage,
        workgroupBytes: limits.maxComputeWorkgroupStorageSize,
        workgroupThreads: limits.maxComputeInvocationsPerWorkgroup,
      },
      features: [...features].sort(),
    },
  };
}

/** The adapter's own `device` is its name in small letters, with one hyphen for whatever stands between. */
function nameOf({ info }: GPUAdapter, names: readonly AdapterName[]): AdapterName {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return (
    names.find(({ name }) => plain(name) === plain(info.device)) ?? { name: describeAdapter(info), backend: 'unknown' }
  );
}
