import type { TestTimeViews } from '../core/data/test-time';
import type { ClassScoreMetrics } from '../core/inspect/score-metrics';
import type { TrainingMemory } from '../core/summary/training-memory';
import type { TrainConfig } from '../core/train/config';
import type { Head } from '../core/train/head';
import type { GpuListing, GpuTest } from './gpu';
import type { FoldProgress, MislabelReport, MislabelRequest } from './mislabels';
import type {
  DataReference,
  DeviceRecord,
  EpochMetrics,
  EvaluationMetrics,
  RunStatus,
  StepMetrics,
} from './run-folder';

/*
 * What the host (extension, CLI) and the worker process say to each other, over Node's IPC channel with
 * serialization 'advanced' (structured clone: tensors travel as typed arrays). A worker does one job and ends.
 */

/** Calls from the host; every promise rejects with the UserError that was thrown, or with a RemoteError where it is a bug. */
export interface WorkerCalls {
  train(request: TrainRequest): Promise<TrainResult>;
  /** Goes on with a run that was stopped, failed or killed, from its last checkpoint. */
  resume(request: ResumeRequest): Promise<TrainResult>;
  evaluate(request: EvaluateRequest): Promise<EvaluateResult>;
  predict(request: PredictRequest): Promise<PredictResult>;
  /** Trains a run's model on parts of its data to find labels that are most likely wrong; what it finds is kept in the run's folder. */
  findMislabels(request: MislabelRequest): Promise<MislabelReport>;
  /** Reckons what a training step takes; nothing runs. */
  memory(request: MemoryRequest): Promise<TrainingMemory>;
  /** Times training steps on random images. */
  bench(request: BenchRequest): Promise<BenchResult>;
  /** Looks for GPUs, and says what `auto` stands for. */
  listGpus(): Promise<GpuListing>;
  /** Puts the GPU that is used to work: compares its numbers with the CPU's, and times it. */
  testGpu(): Promise<GpuTest>;
  /** Ends the running job at the next batch boundary, everything saved. Resolves at once. */
  stop(): Promise<void>;
}

/** What the worker tells without being asked. */
export interface WorkerEvents {
  /** The run folder exists from now on. */
  runStarted(event: RunStarted): void;
  /** Data is being decoded: files done of all. */
  dataProgress(event: { readonly done: number; readonly total: number }): void;
  step(
    event: StepMetrics & { readonly runFolder: string; readonly stepsPerEpoch: number; readonly stepOfEpoch: number },
  ): void;
  epoch(event: EpochMetrics & { readonly runFolder: string; readonly epochs: number }): void;
  /** Of a search for wrong labels. */
  foldProgress(event: FoldProgress): void;
  /** Something that the user should know but that does not end the job (skipped corrupt images). */
  warning(event: { readonly message: string }): void;
  /** For the log: what was decided, such as why a job runs on the CPU. */
  note(event: { readonly message: string }): void;
}

export interface ModelRequest {
  /** Absolute path of a .py file. */
  readonly file: string;
  /** Class, or an expression such as `VGG('VGG16')`; null: the only model in the file. */
  readonly target: string | null;
}

export const deviceChoices = ['auto', 'gpu', 'cpu', 'tensorflow'] as const;

export type DeviceChoice = (typeof deviceChoices)[number];

export interface TrainRequest {
  readonly model: ModelRequest;
  /** Absolute path of a data set: a folder, or an IDX file's folder. */
  readonly data: string;
  readonly config: TrainConfig;
  readonly device: DeviceChoice;
  /** CPU threads; null: all cores, one left for the editor where there are more than two. */
  readonly threads: number | null;
  /** Absolute path of the run folder to make. Must not exist, or be empty. */
  readonly runFolder: string;
  /** Shown in the tree. */
  readonly name: string;
  /** safetensors file with initial weights by state_dict name; null: PyTorch's default initialisation. */
  readonly weights: string | null;
}

export interface ResumeRequest {
  readonly runFolder: string;
  readonly device: DeviceChoice;
  readonly threads: number | null;
  /** More epochs than the run was started with; null: as configured. */
  readonly epochs: number | null;
}

export interface RunStarted {
  readonly runFolder: string;
  readonly id: string;
  readonly device: DeviceRecord;
  readonly data: DataReference;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly parameterCount: number;
}

export interface TrainResult {
  readonly runFolder: string;
  readonly status: Exclude<RunStatus, 'running' | 'failed'>;
  readonly epochsDone: number;
  readonly bestEpoch: number | null;
  readonly bestValAccuracy: number | null;
  /** Of the best checkpoint on the test split; null where there is none or the run was stopped. */
  readonly test: EvaluationMetrics | null;
  readonly trainSeconds: number;
}

export type CheckpointName = 'best' | 'last';

export interface EvaluateRequest {
  readonly runFolder: string;
  readonly checkpoint: CheckpointName;
  /** Data set; null: the run's own. */
  readonly data: string | null;
  /** null: test, or val where there is no test. */
  readonly split: 'train' | 'val' | 'test' | null;
  readonly device: DeviceChoice;
  readonly threads: number | null;
  /** Whether the scores of every image are wanted, too. */
  readonly scores?: boolean;
  /** Looks at each image, whose probabilities are averaged; absent: one. */
  readonly views?: TestTimeViews;
}

export interface EvaluateResult extends EvaluationMetrics {
  readonly split: 'train' | 'val' | 'test';
  readonly classes: readonly string[];
  readonly head: Head;
  readonly views: TestTimeViews;
  /** [true class × predicted class], row-major counts; empty where images have several classes. */
  readonly confusion: Int32Array;
  /** Where images have several classes: [classes, 2, 2], of each what is so (no, yes) × what was said. */
  readonly labelConfusions?: Int32Array;
  /** Of each class. */
  readonly perClass: readonly ClassScoreMetrics[];
  /** Where they were asked for. */
  readonly scores?: {
    /** [count] */
    readonly labels: Int32Array;
    /** [count, classes], 0 or 1, where images have several classes. */
    readonly labelSets?: Uint8Array;
    /** [count, classes] */
    readonly probabilities: Float32Array;
  };
}

export interface PredictRequest {
  readonly runFolder: string;
  readonly checkpoint: CheckpointName;
  /** Absolute paths of image files. */
  readonly images: readonly string[];
  readonly topK: number;
  readonly device: DeviceChoice;
  readonly threads: number | null;
  /** As for evaluation. */
  readonly views?: TestTimeViews;
}

export interface PredictResult {
  readonly predictions: readonly Prediction[];
}

export interface Prediction {
  readonly image: string;
  /** Most probable first; empty where `error` is set. Of images that may have several classes each probability is by itself. */
  readonly top: readonly { readonly label: string; readonly probability: number }[];
  /** Why this image could not be read. */
  readonly error: string | null;
}

export interface MemoryRequest {
  readonly model: ModelRequest;
  /** [C, H, W] */
  readonly inputShape: readonly number[];
  /** For a model that has a parameter for it; null: its own default. */
  readonly classCount: number | null;
  readonly batchSize: number;
  /** CPU threads; null: as training takes by itself. */
  readonly threads: number | null;
}

export interface BenchRequest {
  readonly model: ModelRequest;
  /** [C, H, W]; null: what the model's file says. */
  readonly inputShape: readonly number[] | null;
  /** For a model that has a parameter for it; null: its own default. */
  readonly classCount: number | null;
  readonly batchSize: number;
  readonly device: DeviceChoice;
  readonly threads: number | null;
  /** How many steps are timed; null: as many as take some seconds. */
  readonly steps: number | null;
  readonly profile: boolean;
}

export interface BenchResult {
  readonly target: string;
  /** [C, H, W] */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly device: DeviceRecord;
  readonly parameterCount: number;
  /** Of weights, gradients, moments, all that a step keeps and what its kernels need besides. */
  readonly memoryBytes: number;
  /** Floating-point operations of a step; a multiply-add is 2. */
  readonly flops: number;
  /** What the same threads do in registers alone; null: not known, of a GPU. */
  readonly peakFlopsPerSecond: number | null;
  /** Of every timed step. */
  readonly stepMs: Float64Array;
  readonly profile: BenchProfile | null;
}

/** Times are medians over `runs` steps that were made for the profile alone. */
export interface BenchProfile {
  readonly runs: number;
  /** Of a whole step. */
  readonly stepMs: number;
  /** Steps of the program; each is in one row. */
  readonly planSteps: number;
  /** In order of execution. */
  readonly rows: readonly BenchRow[];
}

/** What the device does in one go. */
export interface BenchRow {
  readonly phase: 'forward' | 'backward' | 'update';
  readonly ops: readonly string[];
  /** Module paths or parameters. */
  readonly paths: readonly string[];
  readonly milliseconds: number;
  readonly flops: number;
  /** Of the tensors that go in or come out. */
  readonly bytes: number;
}
