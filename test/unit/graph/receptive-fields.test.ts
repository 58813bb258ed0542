import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { computeReceptiveFields, convolutionalField } from '../../../src/core/graph/compute-receptive-fields';
import type { Graph } from '../../../src/core/graph/graph';
import type { LocalField, ReceptiveField } from '../../../src/core/graph/receptive-field';
import { traceModel } from '../../../src/core/python/trace-model';
import { readPythonModule } from '../../../src/node/read-python-module';

const root = path.resolve(__dirname, '../../..');

type Box = readonly [rows: readonly [number, number], columns: readonly [number, number]];

interface Measured {
  readonly name: string;
  readonly source?: string;
  readonly zoo?: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly first: number;
  readonly boxes: readonly Box[];
}

const { networks } = JSON.parse(readFileSync(path.join(root, 'test/fixtures/torch/receptive_fields.json'), 'utf8')) as {
  networks: readonly Measured[];
};
const small = networks.filter(({ source }) => source !== undefined);
const named = (name: string) => small.find((network) => network.name === name) ?? fail(`No network ${name}`);
const drifting = 'drifting U-Net';

describe('the field of the output is the support of its gradient in torch', () => {
  test.each(small.filter(({ name }) => name !== drifting))('$name', (network) => {
    const field = outputField(network);
    expect(windowOf(field, network)).toEqual(measuredWindow(network));
  });

  test('of torchvision’s networks, at the end of their convolutional part', () => {
    const found = networks.flatMap((network) => {
      if (network.zoo === undefined) return [];
      return [{ name: network.zoo, field: convolutionalField(traceZoo(network.zoo, network.input)) }];
    });
    expect(found.map(({ name, field }) => [name, field?.kind === 'window' ? field.size : field])).toEqual([
      ['alexnet', [195, 195]],
      ['vgg16', [212, 212]],
      ['resnet18', [435, 435]],
      ['resnet50', [427, 427]],
    ]);
    for (const { name, field } of found) {
      const network = networks.find(({ zoo }) => zoo === name) ?? fail(name);
      expect([name, windowOf(field, network)]).toEqual([name, measuredWindow(network)]);
    }
  });
});

describe('where paths with different jumps meet', () => {
  test('the field holds what every element sees', () => {
    const network = named(drifting);
    const { size, jump, start } = localOf(outputField(network));
    network.boxes.forEach((box, index) => {
      box.forEach(([low, high], axis) => {
        const from = (start[axis] ?? NaN) + (network.first + index) * (jump[axis] ?? NaN);
        expect(low).toBeGreaterThanOrEqual(from);
        expect(high).toBeLessThan(from + (size[axis] ?? NaN));
      });
    });
    // The drift over 99 pixels is at most one pixel of the smaller map, which is two of the input.
    expect(size[0]).toBeLessThanOrEqual(Math.max(...network.boxes.map(([[low, high]]) => high - low + 1)) + 2);
  });

  test('it is not known where the sizes are not', () => {
    const source = `import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.AvgPool2d(2)
    def forward(self, x):
        y = self.down(x)
        return y + x[:, :, :y.shape[2], :y.shape[3]]
`;
    const fieldWith = (size: readonly (number | string)[]) =>
      fieldOfOutput(traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', 1, ...size] }).graph);
    expect(fieldWith(['H', 'W'])).toBeUndefined();
    // From element 0 on both see pixel 0; element 3 sees pixels 6 and 7, and pixel 3.
    expect(fieldWith([8, 8])).toMatchObject({ kind: 'window', size: [5, 5], jump: [2, 2] });
  });
});

describe('the smallest path', () => {
  test.each<[string, readonly number[] | undefined]>([
    ['residual block', [1, 1]],
    ['two identity skips', [7, 7]],
    ['branches, concatenated', [3, 3]],
    ['atrous pyramid', [1, 1]],
    ['U-Net', [5, 5]],
    ['plain', undefined],
    ['cropped skip', [3, 3]],
  ])('of %s is %o', (name, smallest) => {
    const field = outputField(named(name));
    expect(field?.kind === 'window' ? field.smallest : field).toEqual(smallest);
  });

  test('a gate that sees everything leaves the local field of the maps that it weighs', () => {
    expect(outputField(named('squeeze and excitation'))).toEqual({
      kind: 'global',
      local: { size: [3, 3], jump: [2, 2], start: [-1, -1] },
    });
  });

  test('along an axis that is seen as a whole is that of the others', () => {
    expect(outputField(named('mean of rows'))).toEqual({
      kind: 'window',
      size: [3, 96],
      jump: [2, 0],
      start: [-1, 0],
    });
  });
});

describe('an element sees what it saw', () => {
  test('after a view; what mixes places sees all of them', () => {
    const fields = fieldsByOp(named('classifier'));
    expect(fields).toMatchObject({ flatten: { kind: 'window', size: [3, 3] }, linear: { kind: 'global' } });
  });

  test('after a Linear where one place is left', () => {
    expect(outputField(named('classifier of one place'))).toMatchObject({ kind: 'window', size: [9, 9] });
  });

  test('with sizes that are not known', () => {
    const symbolic = (name: string) =>
      fieldOfOutput(
        traceModel({ file: 'net.py', text: named(name).source ?? '', target: 'Net', inputShape: ['N', 1, 'H', 'W'] })
          .graph,
      );
    expect(symbolic('residual block')).toEqual(outputField(named('residual block')));
    expect(symbolic('bilinear upsampling')).toEqual(outputField(named('bilinear upsampling')));
    expect(symbolic('squeeze and excitation')).toEqual(outputField(named('squeeze and excitation')));
    expect(symbolic('classifier after a global pool')).toEqual({ kind: 'global' });
  });
});

test('nodes that do not depend on the input have no field', () => {
  const { graph } = traceModel({
    file: 'net.py',
    text: named('plain').source ?? '',
    target: 'Net',
    inputShape: ['N', 1, 32, 32],
  });
  const fields = computeReceptiveFields(graph);
  for (const node of graph.nodes) expect(fields.has(node.id)).toBe(node.op !== 'parameter');
});

/** The box of the largest element, how far neighbours are apart, and where the first one begins. */
function measuredWindow({ boxes, first, input }: Measured) {
  const axes = [0, 1].map((axis) => {
    const ranges = boxes.map((box) => box[axis] ?? [NaN, NaN]);
    const [low = NaN] = ranges[0] ?? [];
    const jump = boxes.length > 1 ? ((ranges.at(-1)?.[0] ?? NaN) - low) / (boxes.length - 1) : 0;
    const size = Math.max(...ranges.map(([from, to]) => to - from + 1));
    return size === input[axis + 1] ? { size, jump: 0, start: 0 } : { size, jump, start: low - first * jump };
  });
  return {
    size: axes.map(({ size }) => size),
    jump: axes.map(({ jump }) => jump),
    start: axes.map(({ start }) => start),
  };
}

/** Like `measuredWindow`: a field that reaches beyond the input is cut to it, and one element has no neighbours. */
function windowOf(field: ReceptiveField | undefined, { input, boxes }: Measured) {
  const { size, jump, start } =
    field?.kind === 'global' ? { size: [Infinity, Infinity], jump: [0, 0], start: [0, 0] } : localOf(field);
  const cut = [0, 1].map((axis) => {
    const [own = NaN, all = NaN] = [size[axis], input[axis + 1]];
    if (boxes.length > 1)
      return own < all ? { size: own, jump: jump[axis], start: start[axis] } : { size: all, jump: 0, start: 0 };
    const from = Math.max(0, start[axis] ?? NaN);
    return { size: Math.min(all, (start[axis] ?? NaN) + own) - from, jump: 0, start: from };
  });
  return {
    size: cut.map((each) => each.size),
    jump: cut.map((each) => each.jump),
    start: cut.map((each) => each.start),
  };
}

function localOf(field: ReceptiveField | undefined): LocalField {
  if (field?.kind !== 'window') throw new Error(`Not a window: ${JSON.stringify(field)}`);
  return field;
}

function outputField(network: Measured): ReceptiveField | undefined {
  return fieldOfOutput(trace(network));
}

function fieldOfOutput(graph: Graph): ReceptiveField | undefined {
  return computeReceptiveFields(graph).get(graph.outputs[0] ?? NaN);
}

function fieldsByOp(network: Measured): Record<string, ReceptiveField | undefined> {
  const graph = trace(network);
  const fields = computeReceptiveFields(graph);
  return Object.fromEntries(graph.nodes.map(({ op, id }) => [op, fields.get(id)]));
}

function trace({ source = '', input }: Measured): Graph {
  return traceModel({ file: 'net.py', text: source, target: 'Net', inputShape: ['N', ...input] }).graph;
}

const zoo: Readonly<Record<string, readonly [file: string, target: string]>> = {
  alexnet: ['alexnet', 'AlexNet'],
  vgg16: ['vgg', "VGG('VGG16')"],
  resnet18: ['resnet', 'resnet18'],
  resnet50: ['resnet', 'resnet50'],
};

function traceZoo(name: string, input: readonly number[]): Graph {
  const [fileName, target] = zoo[name] ?? fail(`${name} is not in the zoo`);
  const file = path.join(root, 'samples/models', `${fileName}.py`);
  const text = readFileSync(file, 'utf8');
  return traceModel({ file, text, target, inputShape: ['N', ...input], readModule: readPythonModule }).graph;
}

function fail(message: string): never {
  throw new Error(message);
}
