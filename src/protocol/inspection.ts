/*
 * What the host (extension, CLI) asks of an inspection worker, over Node's IPC channel with serialization 'advanced'.
 * The worker lives as long as its host wants; it keeps the models that it was asked about last. Calls are answered in
 * order. Tensors are dense, row-major, without the batch dimension. (One file of more than 400 lines: all that goes over this
 * channel is read as one list.)
 */

import type { Head } from '../core/train/head';

/** Every promise rejects with the UserError that was thrown, or with a RemoteError where it is a bug. */
export interface InspectionCalls {
  /** What can be looked at. Cheap: nothing is computed. */
  describe(subject: Subject): Promise<SubjectDescription>;
  /** Checkpoints of a run, in the order of their epochs; the folder as it is now. */
  checkpoints(runFolder: string): Promise<readonly CheckpointEntry[]>;
  /** Kernels of a convolution (or the rows of a Linear). */
  filters(request: LayerRequest): Promise<FilterSet>;
  /** For each output channel of a layer: how often it is positive on images of a split. */
  filterActivity(request: FilterActivityRequest): Promise<FilterActivity>;
  /** An image as the network sees it. */
  image(request: ImageRequest): Promise<NetworkImage>;
  /** An image as it is, for no network. */
  decodeImage(request: DecodeRequest): Promise<DecodedImage>;
  /** The values of nodes for an image. */
  featureMaps(request: FeatureMapsRequest): Promise<readonly FeatureMaps[]>;
  /** How one element of a node comes about. */
  explainUnit(request: UnitRequest): Promise<UnitExplanation>;
  /** Theoretical receptive fields of all nodes that have one, in order. */
  receptiveFields(subject: Subject): Promise<ReceptiveFieldTable>;
  /** What one element of a layer sees by each way through skips and branches; null where that is not known. */
  receptiveFieldPaths(request: LayerRequest): Promise<ReceptiveFieldPaths | null>;
  /** How strongly the input's pixels act on the middle of a node's map, measured by gradients. */
  effectiveField(request: EffectiveFieldRequest): Promise<EffectiveField>;
  predict(request: PredictionRequest): Promise<ImagePrediction>;
  gradCam(request: GradCamRequest): Promise<HeatMap>;
  occlusion(request: OcclusionRequest): Promise<HeatMap>;
  /** Scores of a whole split: what confusion matrices, curves and galleries are made of. */
  scores(request: ScoresRequest): Promise<SplitScores>;
  /** Classes of all images of a folder or list. */
  predictFiles(request: PredictFilesRequest): Promise<readonly FilePrediction[]>;
  /** An image that excites a channel or a class as much as possible. */
  maximize(request: MaximizeRequest): Promise<MaximizedImage>;
  /** The images of a split that excite a channel most, and where. */
  topImages(request: TopImagesRequest): Promise<readonly TopImage[]>;
  /** Ends the running call of that task early; it rejects. */
  cancel(task: number): Promise<void>;
}

export interface InspectionEvents {
  /** Of a call that takes long: done of total, in units of its own. */
  progress(event: { readonly task: number; readonly done: number; readonly total: number }): void;
}

/** What is looked into. */
export type Subject =
  /** `checkpoint`: an epoch's number, 0 for the weights before the first step. */
  | { readonly kind: 'run'; readonly runFolder: string; readonly checkpoint: 'best' | 'last' | number }
  /** A model that was never trained: PyTorch's default weights drawn by `seed`. Null: as its file says. */
  | {
      readonly kind: 'model';
      /** Absolute path. */
      readonly file: string;
      readonly target: string | null;
      /** [C, H, W] */
      readonly inputShape: readonly number[] | null;
      readonly classCount: number | null;
      readonly seed: number;
    };

/** A call that may take long, and can be cancelled. `task`: a number of the caller's choice. */
export interface Task {
  readonly task: number;
}

/** Number of a node in the subject's Graph (graph.json). */
export type LayerId = number;

export interface LayerRequest {
  readonly subject: Subject;
  readonly layer: LayerId;
}

export interface SubjectDescription {
  /** `LeNet · digits`, or the class of a model. */
  readonly title: string;
  /** [C, H, W] */
  readonly inputShape: readonly number[];
  /** What images are normalised with; for an untrained model 0 and 1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Empty where they are not known. */
  readonly classes: readonly string[];
  /** In order of computation: all nodes that depend on the input. */
  readonly layers: readonly LayerEntry[];
  /** Of the run's data set; null for an untrained model. */
  readonly data: { readonly path: string; readonly splits: readonly DataSplit[] } | null;
  /** The epoch whose weights these are; null for an untrained model. */
  readonly epoch: number | null;
  /** Changes when the weights do. */
  readonly version: string;
}

export interface LayerEntry {
  readonly id: LayerId;
  /** Module path (`layer1.0.conv1`); empty for what stands in no module. A module called twice has two entries. */
  readonly path: string;
  /** `Conv2d`, `ReLU`, `add`. */
  readonly title: string;
  readonly op: string;
  /** Without the batch. */
  readonly shape: readonly number[];
  /** Weights that can be looked at as filters, in their own shape; null where there are none. */
  readonly weightShape: readonly number[] | null;
  /** Nodes that it reads, weights left aside. */
  readonly inputs: readonly LayerId[];
  readonly source: { readonly file: string; readonly line: number } | null;
}

export type SplitName = 'train' | 'val' | 'test';

export interface DataSplit {
  readonly name: SplitName;
  readonly count: number;
}

export interface CheckpointEntry {
  readonly epoch: number;
  readonly best: boolean;
  readonly last: boolean;
  readonly bytes: number;
}

export interface FilterSet {
  /** `[out, in/groups, kH, kW]`; a Linear `[out, in]`. */
  readonly shape: readonly number[];
  readonly weights: Float32Array;
  readonly groups: number;
  /** `[out]`, null where the layer has none. */
  readonly bias: Float32Array | null;
  /** Of each filter, [out]. `std` is that of its weights as they are (÷ n). */
  readonly mean: Float32Array;
  readonly std: Float32Array;
  readonly l2: Float32Array;
  /** Filters in an order in which neighbours are alike: by the cosine of their weights, starting from the largest. */
  readonly similarityOrder: Int32Array;
  readonly version: string;
}

export interface FilterActivityRequest extends LayerRequest, Task {
  readonly split: SplitName;
  /** The first so many images of the split; fewer where it has fewer. */
  readonly images: number;
}

export interface FilterActivity {
  readonly images: number;
  /** [channels]: share of outputs above zero, after the activation that follows the layer, if one does at once. */
  readonly positiveShare: Float32Array;
  /** [channels]: mean of the outputs. */
  readonly mean: Float32Array;
  /** Title of the activation that was looked behind; null: the layer itself. */
  readonly activation: string | null;
}

/** Where an image comes from. */
export type ImageReference =
  | { readonly kind: 'data'; readonly split: SplitName; readonly index: number }
  /** Absolute path. */
  | { readonly kind: 'file'; readonly path: string }
  /** A file's bytes: from the clipboard, dropped. */
  | { readonly kind: 'bytes'; readonly name: string; readonly bytes: Uint8Array };

export interface ImageRequest {
  readonly subject: Subject;
  readonly image: ImageReference;
}

export interface NetworkImage {
  readonly name: string;
  /** [C, H, W] as bytes, in the size of the network's input. */
  readonly shape: readonly number[];
  readonly pixels: Uint8Array;
  /** Index in the subject's classes; null where it is not known. */
  readonly label: number | null;
}

export interface DecodeRequest {
  readonly image: Exclude<ImageReference, { readonly kind: 'data' }>;
  /** Pixels of its longer side: what is larger is made smaller. */
  readonly mostSide: number;
}

export interface DecodedImage {
  readonly name: string;
  /** [C, H, W] as bytes; C is 1 where the file is grey. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly pixels: Uint8Array;
}

export interface FeatureMapsRequest extends ImageRequest {
  readonly layers: readonly LayerId[];
}

export interface FeatureMaps {
  readonly layer: LayerId;
  /** [C, H, W], or [C] behind a classifier. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface UnitRequest extends ImageRequest {
  readonly layer: LayerId;
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Box in pixels of the network's input: `[top, left]` may be negative and `[bottom, right)` beyond the image: padding. */
export interface PixelBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface UnitExplanation {
  readonly value: number;
  /** What it sees of the input; null where that is not known. */
  readonly field: PixelBox | null;
  readonly computation: UnitComputation;
}

export type UnitComputation =
  /** `value = Σ patch ⊙ kernel + bias`, over the input channels of its group. */
  | {
      readonly kind: 'convolution';
      /** Number of the node that is read, and its first channel. */
      readonly input: LayerId | null;
      readonly firstChannel: number;
      /** [in/groups, kH, kW]; padding is what the layer pads with. */
      readonly patch: Float32Array;
      readonly kernel: Float32Array;
      readonly shape: readonly number[];
      /** Place of each tap in the input map; −1 in the padding. [kH] and [kW] */
      readonly rows: Int32Array;
      readonly columns: Int32Array;
      readonly bias: number;
    }
  | {
      readonly kind: 'pool';
      readonly mode: 'max' | 'average';
      readonly input: LayerId | null;
      /** [kH, kW]: values of the window; NaN outside of the map. */
      readonly patch: Float32Array;
      readonly shape: readonly number[];
      readonly rows: Int32Array;
      readonly columns: Int32Array;
      /** What an average is divided by. */
      readonly divisor: number;
    }
  /** Element by element, from these values: an activation, a sum, a normalisation. */
  | {
      readonly kind: 'pointwise';
      readonly inputs: readonly { readonly layer: LayerId; readonly value: number }[];
    }
  /** Anything else: which inputs, no numbers. */
  | { readonly kind: 'other'; readonly inputs: readonly LayerId[] };

export interface ReceptiveFieldTable {
  /** [H, W] of the network's input. */
  readonly input: readonly [number, number];
  readonly rows: readonly ReceptiveFieldRow[];
}

export interface ReceptiveFieldRow {
  readonly layer: LayerId;
  /** [H, W] of the map; [] where it has no places. */
  readonly map: readonly number[];
  /** `null`: every element sees the whole input. */
  readonly field: {
    readonly size: readonly [number, number];
    /** Of the smallest path through skips and branches. */
    readonly smallest: readonly [number, number];
    readonly jump: readonly [number, number];
    /** First pixel of the first element's field; negative: padding. */
    readonly start: readonly [number, number];
  } | null;
  /** Share of what all elements see that is padding, in [0, 1). */
  readonly paddingShare: number;
  /** A convolution whose elements saw the whole image already before it: at this resolution its kernel's width adds nothing. */
  readonly unproductive: boolean;
}

/** Ways from the input to a layer that see alike are one row. */
export interface ReceptiveFieldPaths {
  /** From the smallest to the whole image. */
  readonly rows: readonly {
    /** Null: the whole image. */
    readonly field: {
      readonly size: readonly [number, number];
      readonly jump: readonly [number, number];
      readonly start: readonly [number, number];
    } | null;
    readonly ways: number;
  }[];
  /** False: there are more, of sizes between. */
  readonly complete: boolean;
}

export interface EffectiveFieldRequest extends LayerRequest, Task {
  /** Absent: random images, N(0, 1). */
  readonly images: { readonly split: SplitName; readonly count: number } | { readonly random: number };
}

/**
 * Mean over images of |∂(Σ of the middle elements of all channels, with random signs) / ∂ input|, summed over the input's channels.
 * Source: Luo, Li, Urtasun and Zemel, 'Understanding the Effective Receptive Field in Deep Convolutional Neural Networks', 2016.
 */
export interface EffectiveField {
  /** [H, W], sums to 1 (all zero where nothing acts). */
  readonly shape: readonly [number, number];
  readonly map: Float32Array;
  readonly images: number;
  /** Middle and standard deviations of the Gaussian with the map's moments, in pixels. */
  readonly center: readonly [y: number, x: number];
  readonly sigma: readonly [y: number, x: number];
  /** The theoretical field of that element, cut to the image, and the map's share within 2σ of the middle. */
  readonly theoretical: PixelBox | null;
  readonly withinTheoretical: number;
  readonly withinTwoSigma: number;
}

export interface PredictionRequest extends ImageRequest {
  readonly topK: number;
}

export interface ImagePrediction {
  readonly image: NetworkImage;
  readonly top: readonly ClassScore[];
}

export interface ClassScore {
  readonly class: number;
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

export interface GradCamRequest extends ImageRequest {
  readonly layer: LayerId;
  readonly class: number;
}

export interface OcclusionRequest extends ImageRequest, Task {
  readonly class: number;
  /** Pixels: side of the grey square, and its step. */
  readonly size: number;
  readonly stride: number;
}

/** A number for each place of a coarse grid over the image. */
export interface HeatMap {
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

export interface ScoresRequest extends Task {
  readonly subject: Subject;
  readonly split: SplitName;
}

export interface SplitScores {
  readonly split: SplitName;
  readonly classes: readonly string[];
  /** Absent: multi-class. */
  readonly head?: Head;
  /** [count]; of several classes the first, of none −1. */
  readonly labels: Int32Array;
  /** [count, classes], 0 or 1, where images have several classes. */
  readonly labelSets?: Uint8Array;
  /** [count, classes]: softmax, or sigmoids of a head that says yes or no. */
  readonly probabilities: Float32Array;
  /** [count]: loss of each image. */
  readonly losses: Float32Array;
}

export interface PredictFilesRequest extends Task {
  readonly subject: Subject;
  /** Absolute paths of image files and folders. */
  readonly paths: readonly string[];
  readonly topK: number;
}

export interface FilePrediction {
  readonly path: string;
  readonly top: readonly ClassScore[];
  readonly error: string | null;
}

export interface MaximizeRequest extends LayerRequest, Task {
  /** Channel of the layer's map, or the class where the layer is the output. */
  readonly channel: number;
  readonly steps: number;
  readonly learningRate: number;
  /** Weights of the regularisers: ½·l2·‖x‖², total variation; `jitter`: pixels that the image is moved by at random each step. */
  readonly l2: number;
  readonly totalVariation: number;
  readonly jitter: number;
  readonly seed: number;
}

export interface MaximizedImage {
  readonly image: NetworkImage;
  /** Mean activation of the channel before each step. */
  readonly activations: Float32Array;
}

export interface TopImagesRequest extends LayerRequest, Task {
  readonly channel: number;
  readonly split: SplitName;
  /** How many, and among how many images of the split. */
  readonly count: number;
  readonly among: number;
}

export interface TopImage {
  readonly image: NetworkImage;
  readonly index: number;
  readonly value: number;
  readonly y: number;
  readonly x: number;
  /** What that element sees; null where it is not known. */
  readonly field: PixelBox | null;
}
