import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/core/graph/graph';
import { traceForTraining } from '../../../src/core/python/trace-model';
import { evaluationGraph, trainingGraph, type ComputationGraph } from '../../../src/core/train/training-graph';
import { stateTensors } from '../../../src/core/rng/initialize';
import { repositoryUrl } from '../../engine/torch-fixtures';

const file = 'test/fixtures/python/auxiliary_net.py';
const auxiliaryNet = readFileSync(repositoryUrl(file), 'utf8');
const trace = (text: string) => traceForTraining({ file, text, target: null, inputShape: ['N', 1, 8, 8] });
const count = ({ graph }: ComputationGraph, op: string) => graph.nodes.filter((node) => node.op === op).length;

describe('a model that gives more in training', () => {
  const model = trace(auxiliaryNet);

  test('is read once for each mode, over the same state', () => {
    expect(model.graph.outputs).toHaveLength(1);
    expect(model.trainingGraph?.outputs).toHaveLength(3);
    // What an auxiliary classifier has is read in training alone.
    const stateOf = (graph: Graph) => stateTensors(graph).map((tensor) => ({ ...tensor, isRead: true }));
    expect(stateOf(model.trainingGraph ?? model.graph)).toEqual(stateOf(model.graph));
  });

  test('is trained with the losses of its auxiliary classifiers, and evaluated without', () => {
    const training = trainingGraph(model.trainingGraph ?? model.graph, { auxiliary: true });
    expect(count(training, 'cross_entropy')).toBe(3);
    const factors = training.graph.nodes.filter(({ op }) => op === 'scale').map(({ attrs }) => attrs['factor']);
    expect(factors).toContain(0.3);
    expect([...training.stores.keys()]).toContain('grad:early.weight');
    expect(count(evaluationGraph(model.graph), 'cross_entropy')).toBe(1);
  });

  test('weighs a single auxiliary classifier by 0.4', () => {
    const one = trace(auxiliaryNet.replace('Outputs(self.fc(x), self.late(x), early)', '(self.fc(x), early)'));
    const { graph } = trainingGraph(one.trainingGraph ?? one.graph, { auxiliary: true });
    expect(graph.nodes.find(({ op }) => op === 'scale')?.attrs).toEqual({ factor: 0.4 });
  });

  test('must give scores of the same classes', () => {
    const features = trace(auxiliaryNet.replace('self.late(x), early)', 'x, early)'));
    const build = () => trainingGraph(features.trainingGraph ?? features.graph, { auxiliary: true });
    expect(build).toThrow('an output of shape (N, 32)');
  });
});

test('a model that always gives several outputs is no classifier', () => {
  const { graph, trainingGraph: own } = trace(auxiliaryNet.replaceAll('self.training', 'True'));
  expect(own).toBeUndefined();
  expect(() => trainingGraph(graph)).toThrow('gives 3 outputs');
});

test('a mistake is told as where the code has no modes', () => {
  expect(() => trace(auxiliaryNet.replace('self.conv2(x)', 'self.conv3(x)'))).toThrow("no attribute 'conv3'");
});

test('smoothing and class weights are of the training loss alone', () => {
  const { graph } = trace(auxiliaryNet.replaceAll('self.training', 'False'));
  const loss = { labelSmoothing: 0.1, classWeights: 'balanced' } as const;
  const lossNode = (each: ComputationGraph) => each.graph.nodes.find(({ op }) => op === 'cross_entropy');
  expect(lossNode(trainingGraph(graph, { loss }))).toMatchObject({ attrs: { labelSmoothing: 0.1 } });
  expect(lossNode(trainingGraph(graph, { loss }))?.inputs).toHaveLength(3);
  expect(lossNode(evaluationGraph(graph))?.inputs).toHaveLength(2);
});
