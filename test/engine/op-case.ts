import { differentiate } from '../../src/core/autodiff';
import { productOfDims } from '../../src/core/graph/dim';
import type { NodeId } from '../../src/core/graph/graph';
import { lowerGraph } from '../../src/core/graph/lower';
import { traceModel } from '../../src/core/python/trace-model';
import { gradientSlot, type ComputationGraph } from '../../src/core/train/training-graph';
import { buildPlan } from '../../src/engine/build-plan';
import type { Engine } from '../../src/engine/engine';
import { layoutState } from '../../src/engine/layout-state';
import type { Plan, StateLayout } from '../../src/engine/plan';
import { readTorchJson } from './torch-fixtures';

/** A tiny network about one operation, as test/fixtures/torch/ops.py recorded it. */
export interface OpCase {
  readonly name: string;
  /** Shape of the input, batch size first. */
  readonly x: readonly number[];
  /** PyTorch code with a class Net. */
  readonly source: string;
  readonly mode: 'train' | 'eval';
  /** Forward passes, each with its own input. */
  readonly steps: number;
  readonly values: string;
  readonly loss: 'weighted' | 'cross_entropy';
  /** False where PyTorch's gradient is not the derivative, by its definition. */
  readonly differences?: boolean;
}

export function readOpCases(family: string): readonly OpCase[] {
  return (readTorchJson(`ops/${family}`) as { cases: readonly OpCase[] }).cases;
}

/** The whole way from PyTorch code to a Plan that gives output, loss and all gradients. */
export interface CompiledCase {
  readonly computation: ComputationGraph;
  readonly layout: StateLayout;
  readonly plan: Plan;
  /** Nodes of the lowered graph. */
  readonly x: NodeId;
  /** What the loss is made with: the fixed weights or the labels. */
  readonly lossInput: NodeId;
  /** Seed and step, where the network drops out. */
  readonly random: NodeId | undefined;
  readonly loss: NodeId;
  /** Parameters and buffers by state_dict name. */
  readonly state: ReadonlyMap<string, NodeId>;
  readonly parameters: readonly string[];
}

/** The loss is the output times fixed weights, summed, or the mean cross-entropy. */
export function compileCase(testCase: OpCase): CompiledCase {
  const [batchSize = 0, ...sizes] = testCase.x;
  const { graph } = traceModel({
    file: 'net.py',
    text: testCase.source,
    target: 'Net',
    inputShape: ['N', ...sizes],
  });
  const { builder, outputs, bufferUpdates } = lowerGraph(graph, testCase.mode);
  const [y] = outputs;
  if (y === undefined) throw new Error('The network has no output');
  const state = new Map<string, NodeId>();
  const parameters: string[] = [];
  let x: NodeId | undefined;
  let random: NodeId | undefined;
  for (let id = 0; id < builder.size; id++) {
    const { op, path, attrs } = builder.node(id);
    if (op === 'input' && attrs['name'] === 'random') random = id;
    else if (op === 'input') x = id;
    if ((op === 'parameter' || op === 'buffer') && path !== undefined) state.set(path, id);
    if (op === 'parameter' && path !== undefined) parameters.push(path);
  }
  if (x === undefined) throw new Error('The network has no input');

  const { shape } = builder.typeOf(y);
  const size = productOfDims(shape);
  const lossInput =
    testCase.loss === 'cross_entropy'
      ? builder.input('targets', { shape: shape.slice(0, 1), dtype: 'i32' })
      : builder.input('weights', { shape: [1, size], dtype: 'f32' });
  const loss =
    testCase.loss === 'cross_entropy'
      ? builder.add('cross_entropy', {}, [y, lossInput])
      : builder.add('linear', {}, [builder.add('reshape', { shape: [1, size] }, [y]), lossInput]);

  const wrt = parameters.map((name) => state.get(name) ?? 0);
  const gradients = differentiate(builder, loss, [x, ...wrt]);
  const stores = new Map<string, NodeId>();
  for (const name of parameters) {
    const gradient = gradients.get(state.get(name) ?? 0);
    if (gradient !== undefined) stores.set(gradientSlot(name), gradient);
  }
  for (const [buffer, value] of bufferUpdates) stores.set(builder.node(buffer).path ?? '', value);
  const xGradient = gradients.get(x);
  if (xGradient === undefined) throw new Error('The loss does not depend on the input');
  const named = { y, loss, 'grad:x': xGradient };
  const computation = { graph: builder.finish(Object.values(named)), outputs: named, stores };
  const layout = layoutState(graph, { moments: [], gradients: true });
  const plan = buildPlan({ name: testCase.name, computation, batchSize, layout });
  return { computation, layout, plan, x, lossInput, random, loss, state, parameters };
}

/** Values of the tensors of a case: `x<step>`, `state/<name>`, `weights` or `targets`. */
export type CaseValues = (name: string) => Float32Array;

/** The plan input `random` of every step: seed and step number, of a whole batch. */
export const seedWords = [1234, 5, 678, 9, 0, 0] as const;

/** Output, loss, gradients (`grad:x`, `grad:<parameter>`) and buffers (`after:<buffer>`) of the last step. */
export async function runCase(
  engine: Engine,
  testCase: OpCase,
  { plan, layout, computation, x, lossInput }: CompiledCase,
  values: CaseValues,
): Promise<Map<string, Float32Array>> {
  const inputName = (id: NodeId): string => {
    const name = computation.graph.nodes[id]?.attrs['name'];
    if (typeof name !== 'string') throw new Error(`Node ${id} is no input`);
    return name;
  };
  const session = await engine.createSession(layout);
  try {
    for (const slot of layout.slots) {
      // Anything else must be written by the plan.
      if (slot.role === 'parameter' || slot.role === 'buffer') {
        await session.writeState(slot.name, values(`state/${slot.name}`));
      }
    }
    const program = await session.compile(plan);
    for (let step = 0; step < testCase.steps; step++) {
      program.input(inputName(x)).set(values(`x${step}`));
      program.input(inputName(lossInput)).set(values(lossTensor(testCase)));
      if (plan.inputs['random']) program.input('random').set(seedWords);
      await program.run();
    }
    const results = new Map<string, Float32Array>();
    for (const name of Object.keys(plan.outputs)) results.set(name, (await program.read(name)) as Float32Array);
    for (const { name, role } of layout.slots) {
      const values = (await session.readState(name)) as Float32Array;
      if (role === 'gradient') results.set(name, values);
      if (role === 'buffer') results.set(`after:${name}`, values);
    }
    return results;
  } finally {
    await session.dispose();
  }
}

/** Name of the recorded tensor that the loss is made with. */
export function lossTensor(testCase: OpCase): string {
  return testCase.loss === 'cross_entropy' ? 'targets' : 'weights';
}
