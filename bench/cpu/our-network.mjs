import { readFileSync } from 'node:fs';
import path from 'node:path';
import { classCount } from './networks.mjs';
import { root } from './load-engine.mjs';
import { timeFor } from './statistics.mjs';

/** So small that many steps on one batch leave the numbers ordinary ones. */
export const optimizer = { kind: 'adam', learningRate: 1e-5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** A network on CNN Lab's engine, with freshly drawn weights and random images. */
export class OurNetwork {
  /** `parts`: what loadEngine gives; `images`: where they come from (an ImageSource), else from the host. */
  static async open(parts, engine, { target, input }, images) {
    const file = path.join(root, 'bench/cpu/networks.py');
    const { graph } = parts.traceModel({
      file,
      text: readFileSync(file, 'utf8'),
      target,
      inputShape: ['N', ...input],
      readModule: parts.readPythonModule,
    });
    const plans = parts.modelPlans(graph, optimizer, images && { images });
    const session = await engine.createSession(plans.layout);
    const tensors = parts.stateTensors(graph);
    for (const [index, tensor] of tensors.entries()) {
      if (tensor.dtype === 'f32') await session.writeState(tensor.name, parts.initialValues(tensor, 1, index));
    }
    return new this(parts, session, plans);
  }

  constructor(parts, session, plans) {
    this.parts = parts;
    this.session = session;
    this.plans = plans;
    this.steps = 0;
  }

  /** Makes the program of a training step; returns its floating-point operations. */
  async prepareTraining(batch) {
    this.training = await this.session.compile(this.plans.training(batch));
    return this.parts.planFlops(this.training.plan);
  }

  async prepareInference(batch) {
    this.inference = await this.session.compile(this.plans.evaluation(batch));
    return this.parts.planFlops(this.inference.plan);
  }

  /** Times of steps, in milliseconds. */
  trainFor(seconds, least) {
    return timeFor(seconds, () => this.trainingStep(), least);
  }

  inferFor(seconds) {
    fillBatch(this.inference);
    return timeFor(seconds, () => this.inferenceStep());
  }

  async inferenceStep() {
    const started = performance.now();
    await this.inference.run();
    return performance.now() - started;
  }

  dispose() {
    return this.session.dispose();
  }

  /** The batch is in memory before the clock starts, as PyTorch's is. */
  async trainingStep() {
    const program = this.training;
    fillBatch(program);
    program.input('hyper').set(this.parts.hyperparameters(optimizer, optimizer.learningRate, ++this.steps));
    if (program.plan.inputs.random) program.input('random').set([1, 0, this.steps, 0, 0, 0]);
    const started = performance.now();
    await program.run();
    return performance.now() - started;
  }
}

function fillBatch(program) {
  const images = program.input('images');
  for (let i = 0; i < images.length; i++) images[i] = 2 * Math.random() - 1;
  const targets = program.input('targets');
  for (let i = 0; i < targets.length; i++) targets[i] = i % classCount;
}
