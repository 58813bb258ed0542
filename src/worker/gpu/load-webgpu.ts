import { UserError } from '../../core/errors';
import type { GpuModuleProblem } from '../../protocol/gpu';

export interface WebgpuModule {
  create(options: readonly string[]): GPU;
}

/** The native module that GPUs are reached through can't be loaded. */
export class GpuModuleError extends UserError {
  constructor(
    readonly problem: GpuModuleProblem,
    message: string,
    remedy: string,
    options: ErrorOptions,
  ) {
    super(message, remedy, options);
  }
}

let loading: Promise<WebgpuModule> | undefined;

/** Dawn for Node.js: 20 to 30 MB of native code, loaded when a GPU is asked for. Rejects with a GpuModuleError. */
export function loadWebgpu(): Promise<WebgpuModule> {
  return (loading ??= import('webgpu').catch((error: unknown) => {
    throw explainLoadFailure(error);
  }));
}

export function explainLoadFailure(error: unknown): GpuModuleError {
  const { code, message = String(error) } = error as NodeJS.ErrnoException;
  const platform = `${process.platform}-${process.arch}`;
  const fail = (problem: GpuModuleProblem, text: string, remedy: string) =>
    new GpuModuleError(problem, text, remedy, { cause: error });
  if (code === 'MODULE_NOT_FOUND' && message.includes('dawn.node')) {
    return fail('no-binary', `There is no GPU support for ${platform} in this installation.`, useCpu);
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return fail('missing', 'This installation has no GPU support: the package webgpu is not in it.', reinstall);
  }
  const newer = /version [`']?(GLIBC(?:XX)?_[\d.]+)' not found/.exec(message)?.[1];
  if (newer !== undefined) {
    const text = `The GPU support needs a newer system: the C library has no ${newer}.`;
    return fail('broken', text, 'Update the operating system, or use the CPU.');
  }
  const library = /(\S+\.so[\d.]*): cannot open shared object file/.exec(message)?.[1];
  if (library !== undefined) {
    return fail(
      'broken',
      `The GPU support needs the library ${library}, which is not there.`,
      'Install it, or use the CPU.',
    );
  }
  return fail('broken', `The GPU support can't be loaded: ${firstLine(message)}`, reinstall);
}

const useCpu = 'Use the CPU: it trains everything that a GPU does.';
const reinstall = 'Install CNN Lab again (in a checkout: npm ci), or use the CPU.';

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
