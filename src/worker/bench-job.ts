import { elementCount } from '../core/graph/dim';
import { UserError } from '../core/errors';
import { stateTensors } from '../core/rng/initialize';
import { defaultTrainConfig } from '../core/train/defaults';
import { hyperparameters } from '../core/train/optimizer';
import type { Engine, Program } from '../engine/engine';
import { planFlops } from '../engine/plan-flops';
import { profileRows } from '../engine/profile-rows';
import { measurePeak } from '../engine/wasm/measure-peak';
import type { BenchProfile, BenchRequest, BenchResult } from '../protocol/worker';
import { initializeModel } from './checkpoint';
import type { JobContext } from './job';
import { createYield } from './job';
import { declaredInputShape, loadModel } from './load-model';
import { ModelSession, floatInput, integerInput, readScalar, samplePlans } from './model-session';
import { deviceRecord, runOnDevice } from './open-engine';

const seed = 1;
/** Compilers and caches need some steps before they are as fast as they will be. */
const warmUp = { steps: 2, seconds: 1 };
/** Without a number of steps: so long, and so many at least. */
const unbounded = { steps: 5, seconds: 5 };
const profiledSteps = 10;

/** Times training steps of a model on random images. */
export async function benchJob(request: BenchRequest, context: JobContext): Promise<BenchResult> {
  const { batchSize } = request;
  const inputShape = request.inputShape ?? (await declaredInputShape(request.model));
  if (!inputShape) {
    throw new UserError(
      'The file does not say what shape of images the model takes.',
      'Give it with --input, for example --input 3,32,32.',
    );
  }
  const { graph, target } = await loadModel(request.model, inputShape, request.classCount ?? undefined);
  // So small a rate that many steps on noise leave the numbers ordinary ones.
  const optimizer = { ...defaultTrainConfig.optimizer, learningRate: 1e-5 };
  const config = { ...defaultTrainConfig, optimizer };
  const job = async (engine: Engine): Promise<BenchResult> => {
    const model = await ModelSession.open(engine, graph, { config });
    await initializeModel(model, seed);
    const program = await model.training(batchSize);
    const { stateBytes, arenaBytes, scratchBytes } = model.state.memoryOf(program.plan);
    const classes = program.plan.outputs['logits']?.shape[1] ?? 1;
    const turn = createYield();
    let step = 0;
    const prepare = async (): Promise<void> => {
      await turn();
      context.signal.throwIfAborted();
      fillInputs(program, classes);
      floatInput(program, 'hyper').set(hyperparameters(optimizer, optimizer.learningRate, ++step));
      if (program.plan.inputs['random']) integerInput(program, 'random').set([seed, 0, step, 0, 0, 0]);
    };
    const timed = async (): Promise<number> => {
      await prepare();
      const startedAtMs = performance.now();
      await program.run();
      // A GPU has only been told what to do by then.
      if (engine.info.kind === 'webgpu') await readScalar(program, 'loss');
      return performance.now() - startedAtMs;
    };
    await repeat(timed, warmUp.steps, warmUp.seconds);
    const stepMs =
      request.steps === null
        ? await repeat(timed, unbounded.steps, unbounded.seconds)
        : await repeat(timed, request.steps, 0);
    const profile = request.profile ? await profileOf(program, prepare) : null;
    const parameters = stateTensors(graph).filter(({ kind }) => kind === 'parameter');
    return {
      target,
      inputShape,
      classes,
      device: deviceRecord(engine),
      parameterCount: parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0),
      memoryBytes: stateBytes + arenaBytes + scratchBytes,
      flops: planFlops(program.plan),
      peakFlopsPerSecond: engine.info.kind === 'wasm' ? await measurePeak(engine) : null,
      stepMs: Float64Array.from(stepMs),
      profile,
    };
  };
  return runOnDevice(request, () => samplePlans(graph, config), context, job);
}

/** So many times at least, and for so long. */
async function repeat(timed: () => Promise<number>, steps: number, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + 1000 * seconds;
  while (times.length < steps || performance.now() < endMs) times.push(await timed());
  return times;
}

/** Of each plan step the median over some runs, so that one that was disturbed does not count. */
async function profileOf(program: Program, prepare: () => Promise<void>): Promise<BenchProfile> {
  const runs: Float64Array[] = [];
  const wholeMs: number[] = [];
  for (let i = 0; i < profiledSteps; i++) {
    await prepare();
    const startedAtMs = performance.now();
    runs.push(await program.profile());
    wholeMs.push(performance.now() - startedAtMs);
  }
  const { plan } = program;
  const medians = plan.steps.map((_, index) => median(runs.map((run) => run[index] ?? NaN)));
  return {
    runs: profiledSteps,
    stepMs: median(wholeMs),
    planSteps: plan.steps.length,
    rows: profileRows(plan, medians),
  };
}

function fillInputs(program: Program, classes: number): void {
  const images = floatInput(program, 'images');
  for (let i = 0; i < images.length; i++) images[i] = 2 * Math.random() - 1;
  const targets = integerInput(program, 'targets');
  for (let i = 0; i < targets.length; i++) targets[i] = i % classes;
}

/** NaN where all are. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
