import { UserError } from '../core/errors';
import { elementCount } from '../core/graph/dim';
import type { Graph } from '../core/graph/graph';
import { OpError } from '../core/ops/op';
import type { TrainConfig } from '../core/train/config';
import { isMixed } from '../core/train/draw-mixing';
import { defaultHead, type Head } from '../core/train/head';
import { hostImages, type ImageSource } from '../core/train/image-source';
import { firstLossScale, lossScaleSlot } from '../core/train/loss-scale';
import { groupParameters, oneGroup, type ParameterGroup } from '../core/train/parameter-groups';
import { EngineMemoryError, type Engine, type Program, type Session } from '../engine/engine';
import { modelPlans } from '../engine/model-plans';
import type { HalfStorage, Plan, PlanStep, StateLayout } from '../engine/plan';
import { DeviceImages, type DeviceImagesOptions } from './device-images';
import { halfStorageFor } from './precision';

/** A part of a training batch: images [from, to) of it. All but the last only add to the gradients. */
export interface BatchPart {
  readonly program: Program;
  readonly from: number;
  readonly to: number;
}

export interface ModelSessionOptions {
  /** Absent: for evaluation only. */
  readonly config?: TrainConfig;
  /** Absent: multi-class. */
  readonly head?: Head;
  /** What is computed in training, where that is another graph. */
  readonly trainingGraph?: Graph;
  /** What is kept on the device; absent: plans take the input `images` from the host. */
  readonly images?: Pick<DeviceImagesOptions, 'splits' | 'streamed' | 'normalization' | 'erased' | 'batchSize'>;
}

/** A model on a device, with its programs for each batch size (the last batch of an epoch is smaller). */
export class ModelSession {
  /** Values of the counters (num_batches_tracked), which the device has no part in. */
  readonly counters = new Map<string, number>();
  private readonly trainingPrograms = new Map<number, Promise<Program>>();
  private readonly batchParts = new Map<number, Promise<readonly BatchPart[]>>();
  private readonly evaluationPrograms = new Map<number, Promise<Program>>();

  private constructor(
    readonly graph: Graph,
    readonly head: Head,
    readonly layout: StateLayout,
    readonly state: Session,
    private readonly plans: ReturnType<typeof modelPlans>,
    /** What the optimiser treats alike, in the order of their numbers in the plan input `hyper`. */
    readonly groups: readonly ParameterGroup[],
    private readonly deviceImages: DeviceImages | undefined,
  ) {}

  static async open(
    engine: Engine,
    graph: Graph,
    { config, head = defaultHead, trainingGraph, images }: ModelSessionOptions = {},
  ): Promise<ModelSession> {
    const half = config && halfStorageFor(engine, config);
    const { layout } = plansOf(graph, { config, head, trainingGraph, half }).plans;
    const state = await asUserError(() => engine.createSession(layout));
    if (half) await state.writeState(lossScaleSlot, Float32Array.of(firstLossScale));
    const deviceImages = images && (await openImages(state, graph, images, engine.info.dataBudgetBytes));
    const { plans, grouping } = plansOf(graph, {
      config,
      head,
      trainingGraph,
      half,
      images: deviceImages?.source,
    });
    return new ModelSession(graph, head, plans.layout, state, plans, grouping.groups, deviceImages);
  }

  /** What its batches are taken from. */
  get images(): DeviceImages {
    if (!this.deviceImages) throw new Error(`${this.graph.name} was opened without images`);
    return this.deviceImages;
  }

  /** Height and width of its images. */
  get imageSize(): readonly [height: number, width: number] {
    const [, height = 1, width = 1] = imageShapeOf(this.graph);
    return [height, width];
  }

  /** The program that trains a batch at once. */
  training(batchSize: number): Promise<Program> {
    return this.compiled(this.trainingPrograms, batchSize, () => {
      const plan = this.plans.training(batchSize);
      checkBatchNorm(plan);
      return plan;
    });
  }

  /**
   * What trains a batch: one program for all of it or, where that does not fit into memory, parts of like size whose gradients
   * are added up. Throws a UserError where not even single images fit.
   */
  trainingParts(batchSize: number): Promise<readonly BatchPart[]> {
    const known = this.batchParts.get(batchSize);
    if (known) return known;
    const parts = asUserError(() => this.splitToFit(batchSize));
    this.batchParts.set(batchSize, parts);
    return parts;
  }

  /** Up to `batchSize` images: as many as can be evaluated at once. */
  async evaluationSize(batchSize: number): Promise<number> {
    for (let size = batchSize; ; size = Math.ceil(size / 2)) {
      try {
        await this.compiled(this.evaluationPrograms, size, () => this.evaluationPlan(size));
        return size;
      } catch (error) {
        const memoryError = error instanceof UserError ? error.cause : undefined;
        if (!(memoryError instanceof EngineMemoryError)) throw error;
        if (size === 1) throw tooLarge(this.graph, batchSize, memoryError);
        this.evaluationPrograms.delete(size);
      }
    }
  }

  evaluation(batchSize: number): Promise<Program> {
    return this.compiled(this.evaluationPrograms, batchSize, () => this.evaluationPlan(batchSize));
  }

  private evaluationPlan(batchSize: number): Plan {
    const plan = this.plans.evaluation(batchSize);
    checkBatchNorm(plan);
    return plan;
  }

  private async splitToFit(batchSize: number): Promise<readonly BatchPart[]> {
    let parts = 1;
    for (;;) {
      try {
        return await this.compileParts(batchSize, parts);
      } catch (error) {
        if (!(error instanceof EngineMemoryError)) throw error;
        if (parts === batchSize) throw tooLarge(this.graph, batchSize, error);
        // As many as the shortage says, and at least one more: parts smaller than the last that was tried.
        const room = Math.max(1, error.limitBytes - error.usedBytes);
        const wanted = Math.max(parts + 1, Math.floor((parts * error.neededBytes) / room / 2));
        const smaller = Math.ceil(batchSize / (Math.ceil(batchSize / parts) - 1));
        parts = Math.min(batchSize, Math.max(smaller, wanted));
      }
    }
  }

  private async compileParts(batchSize: number, count: number): Promise<readonly BatchPart[]> {
    if (count === 1)
      return [{ program: await this.compileTraining(this.plans.training(batchSize)), from: 0, to: batchSize }];
    const size = Math.ceil(batchSize / count);
    const starts = Array.from({ length: Math.ceil(batchSize / size) }, (_, index) => index * size);
    const programs = new Map<string, Program>();
    const parts: BatchPart[] = [];
    for (const [index, from] of starts.entries()) {
      const to = Math.min(from + size, batchSize);
      const place = index === 0 ? 'first' : to === batchSize ? 'last' : 'middle';
      const key = `${place} ${to - from}`;
      const program = programs.get(key) ?? (await this.compileTraining(this.plans.trainingPart(to - from, place)));
      programs.set(key, program);
      parts.push({ program, from, to });
    }
    return parts;
  }

  private async compileTraining(plan: Plan): Promise<Program> {
    checkBatchNorm(plan);
    return this.state.compile(plan);
  }

  /** Batch normalisation counts the batches that it has seen. */
  countTrainingStep(): void {
    for (const [name, count] of this.counters) this.counters.set(name, count + 1);
  }

  dispose(): Promise<void> {
    return this.state.dispose();
  }

  private compiled(programs: Map<number, Promise<Program>>, batchSize: number, build: () => Plan): Promise<Program> {
    const known = programs.get(batchSize);
    if (known) return known;
    const program = asUserError(() => this.state.compile(build()));
    programs.set(batchSize, program);
    return program;
  }
}

/** Images on the device: all of them or, where there is less memory than the budget says, as many as there is room for. */
async function openImages(
  state: Session,
  graph: Graph,
  images: ModelSessionOptions['images'] & object,
  dataBudgetBytes: number,
): Promise<DeviceImages> {
  const imageBytes = elementCount(imageShapeOf(graph));
  for (let budgetBytes = dataBudgetBytes; ;) {
    const deviceImages = new DeviceImages({ ...images, imageBytes, budgetBytes });
    const wantedBytes = imageBytes * deviceImages.source.count;
    try {
      await deviceImages.open(state);
      return deviceImages;
    } catch (error) {
      // The least that is streamed through is two batches, whatever the budget.
      const least = wantedBytes <= 2 * imageBytes * (images.batchSize + 3);
      if (!(error instanceof EngineMemoryError) || least) return asUserError(() => Promise.reject(error as Error));
      budgetBytes = wantedBytes / 4;
    }
  }
}

/** Plans for batches of two, their images on the device: what that must have kernels for. */
export function samplePlans(
  graph: Graph,
  config?: TrainConfig,
  trainingGraph?: Graph,
  head: Head = defaultHead,
): readonly Plan[] {
  const { plans } = plansOf(graph, { config, head, trainingGraph, images: sampleImages(graph) });
  return config ? [plans.training(2), plans.evaluation(2)] : [plans.evaluation(2)];
}

/** The plan that trains a batch, its images on the device, and the state that it works on: to reckon with. */
export function trainingSample(
  graph: Graph,
  config: TrainConfig,
  trainingGraph: Graph | undefined,
  batchSize: number,
): { readonly plan: Plan; readonly layout: StateLayout } {
  const { plans } = plansOf(graph, { config, head: defaultHead, trainingGraph, images: sampleImages(graph) });
  const plan = plans.training(batchSize);
  checkBatchNorm(plan);
  return { plan, layout: plans.layout };
}

function sampleImages(graph: Graph): ImageSource {
  const channels = imageShapeOf(graph).slice(0, 1);
  const every = (value: number) => channels.flatMap((count) => Array<number>(count).fill(value));
  return { kind: 'resident', count: 4, mean: every(0), std: every(1) };
}

interface PlansOptions {
  readonly config: TrainConfig | undefined;
  readonly head: Head;
  readonly trainingGraph: Graph | undefined;
  readonly images?: ImageSource | undefined;
  readonly half?: HalfStorage | undefined;
}

function plansOf(graph: Graph, { config, head, trainingGraph, images = hostImages, half }: PlansOptions) {
  const grouping = config ? groupParameters(graph, config.parameterGroups) : oneGroup;
  if (!config) return { plans: modelPlans(graph, undefined, { images, head }), grouping };
  const { loss, clipping, optimizer, mixing } = config;
  const mixed = isMixed(mixing);
  const own = trainingGraph ? { trainingGraph } : {};
  return {
    plans: modelPlans(graph, optimizer, { loss, head, mixed, clipping, grouping, images, half, ...own }),
    grouping,
  };
}

/** Host memory of a program's input, as the type that it is known to have. */
export function floatInput(program: Program, name: string): Float32Array {
  const input = program.input(name);
  if (!(input instanceof Float32Array)) throw new Error(`Input ${name} of ${program.plan.name} is not f32`);
  return input;
}

export function integerInput(program: Program, name: string): Int32Array {
  const input = program.input(name);
  if (!(input instanceof Int32Array)) throw new Error(`Input ${name} of ${program.plan.name} is not i32`);
  return input;
}

/** A tensor without dimensions. */
export async function readScalar(program: Program, name: string): Promise<number> {
  const [value] = await program.read(name);
  if (value === undefined) throw new Error(`Output ${name} of ${program.plan.name} is empty`);
  return value;
}

/** `[C, H, W]` of the model's input `[N, C, H, W]`. */
function imageShapeOf({ nodes }: Graph): readonly number[] {
  const shape = nodes.find(({ op }) => op === 'input')?.type.shape ?? [];
  return shape.slice(1).map(Number);
}

/** Not even one image at a time: what would fit is reckoned from what one image needs. */
function tooLarge(graph: Graph, batchSize: number, error: EngineMemoryError): UserError {
  const shape = graph.nodes.find(({ op }) => op === 'input')?.type.shape ?? [];
  const [height, width] = shape.slice(-2);
  const room = error.limitBytes - error.usedBytes;
  const scale = Math.sqrt(room / error.neededBytes);
  const fitting =
    typeof height === 'number' && typeof width === 'number' && scale > 0.05
      ? `Images of about ${Math.floor(height * scale)} by ${Math.floor(width * scale)} would fit.`
      : 'Use a smaller model.';
  return new UserError(
    `Even one image of a batch of ${batchSize} does not fit into memory: ${error.message}`,
    fitting,
    { cause: error },
  );
}

const memoryAdvice = 'Use a smaller batch size, smaller images or a smaller model.';

/** An op that can't work on this model's shapes is the model's mistake. */
async function asUserError<T>(build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof OpError) throw new UserError(error.message, undefined, { cause: error });
    if (error instanceof EngineMemoryError) throw new UserError(error.message, memoryAdvice, { cause: error });
    throw error;
  }
}

/** The variance of a single value is zero, and its unbiased estimate is no number: PyTorch refuses too. */
function checkBatchNorm(plan: Plan): void {
  const steps = plan.steps.flatMap((step: PlanStep) => (step.kind === 'kernel' ? [step] : step.steps));
  const single = steps.find(({ op, inputs }) => op === 'batch_norm_stats' && hasSingleValues(inputs[0]?.shape ?? []));
  if (!single) return;
  throw new UserError(
    `Batch normalisation (${single.path ?? 'a layer'}) gets a batch of ${plan.batchSize} with one value for each channel.`,
    'Choose a batch size that leaves more than one image for the last batch of an epoch.',
  );
}

/** Whether `[N, C, …]` has one value for each channel. */
function hasSingleValues(shape: readonly number[]): boolean {
  return shape.every((size, dim) => size === 1 || dim === 1);
}
