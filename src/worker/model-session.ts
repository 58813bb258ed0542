import { UserError } from '../core/errors';
import type { Graph } from '../core/graph/graph';
import { OpError } from '../core/ops/op';
import type { TrainConfig } from '../core/train/config';
import { groupParameters, oneGroup, type ParameterGroup } from '../core/train/parameter-groups';
import { EngineMemoryError, type Engine, type Program, type Session } from '../engine/engine';
import { modelPlans } from '../engine/model-plans';
import type { Plan, PlanStep, StateLayout } from '../engine/plan';

/** A model on a device, with its programs for each batch size (the last batch of an epoch is smaller). */
export class ModelSession {
  /** Values of the counters (num_batches_tracked), which the device has no part in. */
  readonly counters = new Map<string, number>();
  private readonly trainingPrograms = new Map<number, Promise<Program>>();
  private readonly evaluationPrograms = new Map<number, Promise<Program>>();

  private constructor(
    readonly graph: Graph,
    readonly layout: StateLayout,
    readonly state: Session,
    private readonly plans: ReturnType<typeof modelPlans>,
    /** What the optimiser treats alike, in the order of their numbers in the plan input `hyper`. */
    readonly groups: readonly ParameterGroup[],
  ) {}

  /** `config` undefined: for evaluation only. */
  static async open(engine: Engine, graph: Graph, config?: TrainConfig): Promise<ModelSession> {
    const grouping = config ? groupParameters(graph, config.parameterGroups) : oneGroup;
    const plans = config
      ? modelPlans(graph, config.optimizer, { loss: config.loss, clipping: config.clipping, grouping })
      : modelPlans(graph);
    const state = await asUserError(() => engine.createSession(plans.layout));
    return new ModelSession(graph, plans.layout, state, plans, grouping.groups);
  }

  training(batchSize: number): Promise<Program> {
    return this.compiled(this.trainingPrograms, batchSize, () => {
      const plan = this.plans.training(batchSize);
      checkBatchNorm(plan);
      return plan;
    });
  }

  evaluation(batchSize: number): Promise<Program> {
    return this.compiled(this.evaluationPrograms, batchSize, () => {
      const plan = this.plans.evaluation(batchSize);
      checkBatchNorm(plan);
      return plan;
    });
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
