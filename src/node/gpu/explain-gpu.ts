import { assertNever } from '../../core/errors';
import type { GpuAdapterRecord, GpuModuleProblem } from '../../protocol/gpu';
import { explainLinux } from './explain-linux';
import type { Finding, GpuReport, ListingOutcome, TestOutcome } from './gpu-report';
import type { SystemFacts } from './system-facts';

/** What follows of what was found: whether there is a GPU to train on, and if not, why and what mends it. */
export function explainGpu(system: SystemFacts, listing: ListingOutcome, test: TestOutcome): GpuReport {
  const chosen = chosenOf(listing);
  const hardware = chosen !== undefined && !chosen.software;
  const testFindings = chosen ? findingsOfTest(chosen, test) : [];
  const passed = hardware && test.kind === 'done' && testFindings.every(({ severity }) => severity !== 'problem');
  const findings = [...(hardware ? [] : whyNone(system, listing)), ...testFindings];
  const summary = summarize(listing, chosen, passed);
  const automatic = passed ? `the GPU, ${chosen.name}` : 'the CPU';
  return { usable: passed, summary, automatic, findings, listing, test, system };
}

/** The adapter that is used where a GPU is asked for. */
export function chosenOf(listing: ListingOutcome): GpuAdapterRecord | undefined {
  if (listing.kind !== 'listed' || listing.chosen === null) return undefined;
  return listing.adapters[listing.chosen];
}

function summarize(listing: ListingOutcome, chosen: GpuAdapterRecord | undefined, passed: boolean): string {
  if (passed && chosen) return `${chosen.name} can be used: it computes what the CPU does.`;
  if (!chosen) {
    return listing.kind === 'listed'
      ? 'There is no GPU that can be used. Everything trains on the CPU.'
      : 'GPUs can’t be reached. Everything trains on the CPU.';
  }
  if (chosen.software)
    return `There is no real GPU: ${chosen.name} computes on the processor. Everything trains on the CPU.`;
  return `${chosen.name} is there, but can’t be trusted with training. Everything trains on the CPU.`;
}

function findingsOfTest(chosen: GpuAdapterRecord, test: TestOutcome): readonly Finding[] {
  switch (test.kind) {
    case 'skipped':
    case 'none':
      return [];
    case 'done': {
      const { largestError, tolerance, worst } = test.numbers;
      if (largestError <= tolerance) return limitFindings(chosen);
      const text = `${chosen.name} computes wrongly: ${worst} differs from the CPU's by ${largestError.toPrecision(2)} (relative; ${tolerance} is allowed).`;
      return [problem('wrong-numbers', text, updateDriver)];
    }
    case 'failed':
      return [problem('test-failed', `${chosen.name} could not do what it was given: ${test.message}`, updateDriver)];
    case 'crashed': {
      const text = `Computing on ${chosen.name} ended the process. ${test.message}`;
      return [problem('test-crashed', text, updateDriver)];
    }
    default:
      return assertNever(test);
  }
}

/** Less than most GPUs have: large networks may not fit. */
function limitFindings({ name, limits }: GpuAdapterRecord): readonly Finding[] {
  if (limits.bindingBytes >= 2 ** 28) return [];
  const text = `${name} allows tensors of ${Math.floor(limits.bindingBytes / 2 ** 20)} MB at most: large batches are trained in parts.`;
  return [{ id: 'small-limits', severity: 'hint', text, remedy: null }];
}

function whyNone(system: SystemFacts, listing: ListingOutcome): readonly Finding[] {
  switch (listing.kind) {
    case 'unloadable':
      return [moduleFinding(listing.reason, listing.message)];
    case 'crashed':
      return [
        problem('driver-crashed', `Looking for GPUs ended the process. ${listing.message}`, updateDriver),
        ...platformFindings(system, []).filter(({ id }) => id !== 'driver-refused'),
      ];
    case 'listed':
      break;
    default:
      return assertNever(listing);
  }
  const { adapters, refused } = listing;
  const wanted = system.environment.CNN_LAB_GPU_ADAPTER;
  if (wanted !== undefined && listing.chosen === null && adapters.length > 0) {
    const names = adapters.map(({ name }) => name).join(', ');
    return [
      problem(
        'unknown-name',
        `The environment variable CNN_LAB_GPU_ADAPTER is '${wanted}', and no GPU is called so.`,
        `Unset it, or let it be part of one of these names: ${names}.`,
      ),
    ];
  }
  const software = adapters.filter((adapter) => adapter.software).map(({ name }) => name);
  if (software.length === 0) return platformFindings(system, refused);
  const text = `${software.join(' and ')} computes on the processor: it stands in for a GPU, and is slower than the CPU engine.`;
  return [{ id: 'only-software', severity: 'hint', text, remedy: null }, ...platformFindings(system, refused)];
}

function moduleFinding(reason: GpuModuleProblem, message: string): Finding {
  const ids = { missing: 'module-missing', 'no-binary': 'module-no-binary', broken: 'module-broken' } as const;
  return problem(ids[reason], message, null);
}

function platformFindings(system: SystemFacts, refused: readonly string[]): readonly Finding[] {
  const { platform, linux, release } = system;
  const major = Number(release.split('.')[0]);
  switch (platform) {
    case 'linux':
      return linux ? explainLinux(system, linux, refused) : [];
    case 'darwin':
      // Kernel 20 is macOS 11, the oldest that Dawn's Metal backend runs on.
      if (major < 20)
        return [problem('mac-too-old', 'This macOS is too old: 11 (Big Sur) is needed.', 'Update macOS.')];
      return [
        problem(
          'mac-no-metal',
          'macOS offers no GPU through Metal.',
          'Virtual machines often have none: run VS Code in macOS itself. Else restart the machine.',
        ),
      ];
    case 'win32':
      return [windowsFinding(system, major)];
    default:
      return [problem('no-gpu', `GPUs are not supported on ${platform}.`, null)];
  }
}

function windowsFinding({ release }: SystemFacts, major: number): Finding {
  const build = Number(release.split('.')[2] ?? 0);
  if (major < 10 || build < 17763) {
    const text = `This Windows (${release}) is too old: Windows 10, version 1809, is needed.`;
    return problem('windows-too-old', text, 'Update Windows.');
  }
  const text = 'Windows offers no GPU through Direct3D 12, beyond its basic display driver.';
  const remedy =
    'Install the graphics driver of the GPU’s maker (NVIDIA, AMD or Intel). In a virtual machine or a remote session, the machine must be given a GPU.';
  return problem('windows-basic-driver', text, remedy);
}

function problem(id: Finding['id'], text: string, remedy: string | null): Finding {
  return { id, severity: 'problem', text, remedy };
}

const updateDriver = 'Update the graphics driver; until then use the CPU (which auto does by itself).';
