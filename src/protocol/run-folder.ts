import type { DecidedImages } from '../core/data/dataset';
import type { TrainConfig } from '../core/train/config';
import type { Head } from '../core/train/head';

/*
 * What a run folder `.cnn-lab/runs/<id>/` holds:
 *   run.json        RunRecord (whole file replaced at every change)
 *   metrics.jsonl   one MetricsLine a line, append-only
 *   graph.json      the Graph that is trained
 *   split.json      RecordedSplit: which images were set aside for validation, where the data set has none of its own
 *   checkpoints/    last.safetensors, best.safetensors
 *   model/          copies of the source files that the model was read from
 *   log.txt         what the worker said
 */

export type RunStatus = 'running' | 'completed' | 'stopped' | 'failed';

export interface RunRecord {
  readonly formatVersion: 1;
  /** Name of the folder. */
  readonly id: string;
  /** What people see; may be changed. */
  readonly name: string;
  readonly status: RunStatus;
  /** Why it failed, in words for people; null otherwise. */
  readonly failure: string | null;
  /** Whether a GPU or its driver made it fail. */
  readonly failedOnGpu: boolean;
  readonly model: ModelReference;
  readonly data: DataReference;
  readonly config: TrainConfig;
  /** What the model's outputs mean; absent in runs of earlier versions: multi-class. */
  readonly head?: Head | undefined;
  readonly device: DeviceRecord;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Process that writes to the folder while `running`. */
  readonly processId: number;
  readonly versions: { readonly cnnLab: string; readonly node: string };
  readonly epochsDone: number;
  /** 1-based epoch with the lowest validation loss; null before the first. */
  readonly bestEpoch: number | null;
  readonly bestValAccuracy: number | null;
  readonly test: EvaluationMetrics | null;
  /** Seconds spent training, over all resumptions. */
  readonly trainSeconds: number;
}

export interface ModelReference {
  /** Absolute path of the .py file; for the zoo, the path inside the installation. */
  readonly file: string;
  /** Class, function or expression in that file. */
  readonly target: string;
  /** SHA-256 (hex) of the source text. */
  readonly sourceHash: string;
  /** Without the batch dimension: [C, H, W]. */
  readonly inputShape: readonly number[];
  readonly parameterCount: number;
}

export interface DataReference {
  readonly path: string;
  readonly name: string;
  readonly classes: readonly string[];
  readonly fingerprint: string;
  readonly trainCount: number;
  readonly valCount: number;
  readonly testCount: number;
  /** Per channel, of pixel values in [0, 1]: what images are normalised with. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** What was decided about its images when the run began. Absent: nothing. */
  readonly decided?: DecidedImages;
  /** [C, H, W] of the images before the run's transforms; absent: as the network gets them. */
  readonly imageShape?: readonly number[];
}

export interface DeviceRecord {
  readonly kind: 'wasm' | 'webgpu' | 'tensorflow';
  readonly description: string;
  readonly threads: number;
}

export interface EvaluationMetrics {
  /** Mean cross-entropy, nats; binary where the model's outputs say yes or no. */
  readonly loss: number;
  /** In [0, 1], as all that follows. An image of several classes is right where all of them are. */
  readonly accuracy: number;
  readonly count: number;
  /** What follows is absent in runs of earlier versions; see core/inspect/score-metrics.ts. Only of more than 5 classes. */
  readonly top5?: number | undefined;
  /** Only of images that have several classes. */
  readonly labelAccuracy?: number | undefined;
  /** Macro averages; absent, too, where there are too many scores to keep them all. */
  readonly f1?: number | undefined;
  readonly rocAuc?: number | undefined;
  readonly averagePrecision?: number | undefined;
}

export type MetricsLine = StepMetrics | EpochMetrics;

/** Every so many steps within an epoch, for the live curve. */
export interface StepMetrics {
  readonly kind: 'step';
  /** 1-based over the whole run. */
  readonly step: number;
  /** Epochs done, with the fraction of this one: 0.25 = a quarter of the first. */
  readonly epoch: number;
  /** Mean over the steps since the last line. */
  readonly trainLoss: number;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
}

export interface EpochMetrics {
  readonly kind: 'epoch';
  /** 1-based. */
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly valLoss: number;
  readonly valAccuracy: number;
  /** Only of more than 5 classes. */
  readonly valTop5?: number | undefined;
  /** Only of images that have several classes: macro average. */
  readonly valF1?: number | undefined;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  readonly seconds: number;
  /** True where the best checkpoint was written after this epoch. */
  readonly best: boolean;
}
