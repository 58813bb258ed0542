import type { GpuListing, GpuTest } from '../../protocol/gpu';
import type { SystemFacts } from './system-facts';

/** What was found out by looking for GPUs in a process of its own, or that this process did not live to tell. */
export type ListingOutcome = GpuListing | ProcessCrash;
/** `skipped`: there was nothing to test. */
export type TestOutcome = GpuTest | ProcessCrash | { readonly kind: 'skipped' };

export interface ProcessCrash {
  readonly kind: 'crashed';
  readonly message: string;
}

export interface GpuReport {
  /** Whether there is a GPU of hardware that computes correctly. */
  readonly usable: boolean;
  /** One sentence. */
  readonly summary: string;
  /** What `auto` stands for after the test, in words. */
  readonly automatic: string;
  readonly findings: readonly Finding[];
  readonly listing: ListingOutcome;
  readonly test: TestOutcome;
  readonly system: SystemFacts;
}

export interface Finding {
  readonly id: FindingId;
  /** `problem`: why there is no GPU, or why it is not used. `hint`: what may be better. */
  readonly severity: 'problem' | 'hint';
  /** What is so, one or two sentences. */
  readonly text: string;
  /** What mends it; null: nothing that a user can do. */
  readonly remedy: string | null;
}

export type FindingId =
  | 'module-missing'
  | 'module-no-binary'
  | 'module-broken'
  | 'driver-crashed'
  | 'unknown-name'
  | 'wrong-numbers'
  | 'test-failed'
  | 'test-crashed'
  | 'small-limits'
  | 'only-software'
  | 'driver-path-absent'
  | 'drivers-disabled'
  | 'no-loader'
  | 'manifest-damaged'
  | 'driver-library-missing'
  | 'driver-too-old'
  | 'driver-refused'
  | 'no-driver'
  | 'nvidia-without-vulkan'
  | 'nvidia-capability'
  | 'nvidia-container'
  | 'kernel-driver-missing'
  | 'device-not-passed'
  | 'device-not-accessible'
  | 'wsl-no-gpu'
  | 'wsl-no-driver'
  | 'no-gpu'
  | 'mac-too-old'
  | 'mac-no-metal'
  | 'windows-basic-driver'
  | 'windows-too-old';
