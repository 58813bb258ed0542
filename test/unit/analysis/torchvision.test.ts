import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import type { ModelAnalysis, ValueShape } from '../../../src/core/analysis/model-analysis';
import { substituteDim, type Dim } from '../../../src/core/graph/dim';
import { opNamed } from '../../../src/core/ops/table';
import { readPythonModule } from '../../../src/node/read-python-module';

/** What torchvision 0.14 says of one of its builders; made by test/fixtures/torch/torchvision_truth.py. */
interface Truth {
  readonly builder: string;
  readonly input: readonly [1, number, number, number];
  readonly output: ShapeText;
  readonly parameters: number;
  /** Of all convolutions and Linear layers. */
  readonly multiplyAdds: number;
  readonly state: readonly (readonly [name: string, shape: string, kind: 'parameter' | 'buffer'])[];
  /** Leaf modules in order of their calls. */
  readonly calls: readonly (readonly [path: string, type: string, output: ShapeText])[];
}

/** `1x64x112x112`; of several tensors a list or an object of these; null for what is no tensor. */
type ShapeText = string | null | readonly ShapeText[] | { readonly [name: string]: ShapeText };

const folder = path.resolve(import.meta.dirname, '../../fixtures/torchvision');
/** Where Debian's python3-torchvision puts its sources. */
const sources = '/usr/lib/python3/dist-packages/torchvision/models';
const segmentation = ['fcn', 'deeplabv3'];

describe.each(readdirSync(folder).map((name) => name.replace('.json', '')))('torchvision/models/%s.py', (family) => {
  const isSegmentation = segmentation.includes(family);
  const file = path.join(sources, isSegmentation ? 'segmentation' : '', `${family}.py`);
  const truths = JSON.parse(readFileSync(path.join(folder, `${family}.json`), 'utf8')) as Truth[];
  if (!existsSync(file)) {
    test.skip(`needs torchvision's sources (Debian: python3-torchvision); there is no ${file}`, () => undefined);
    return;
  }
  const text = readFileSync(file, 'utf8');

  test.each(truths)('$builder is what torchvision makes', (truth) => {
    const analysis = analyzeModel({
      file,
      text,
      target: isSegmentation ? `${truth.builder}(weights_backbone=None)` : truth.builder,
      readModule: readPythonModule,
      inputs: { '*': { shape: ['N', ...truth.input.slice(1)], origin: { kind: 'given' } } },
    });
    expect(analysis.problems).toEqual([]);
    expect(analysis.unknowns).toEqual([]);
    const leaves = analysis.calls.filter(({ kind, leaf }) => kind === 'module' && leaf);
    expect(leaves.map(({ path: name, name: type, output }) => [name, type, shapeText(output)])).toEqual(truth.calls);
    expect(analysis.state.map(({ name, shape, kind }) => [name, shape.join('x'), kind])).toEqual(truth.state);
    expect(analysis.totals.parameters).toBe(truth.parameters);
    expect(shapeText(analysis.output)).toEqual(truth.output);
    expect(multiplyAdds(analysis)).toBe(truth.multiplyAdds);
  });
});

function shapeText(value: ValueShape): ShapeText {
  switch (value.kind) {
    case 'tensor':
      return value.shape.map((size) => substituteDim(size, { N: 1 })).join('x');
    case 'several':
      if (!value.names) return value.items.map(shapeText);
      return Object.fromEntries(value.items.map((item, index) => [value.names?.[index] ?? '', shapeText(item)]));
    default:
      return null;
  }
}

/** Half of the FLOPs of the modules Conv2d and Linear, their biases aside. */
function multiplyAdds({ graph, modules }: ModelAnalysis): number {
  if (!graph) return Number.NaN;
  const leaves = new Set(modules.filter(({ leaf }) => leaf).map((module) => module.path));
  let total = 0;
  for (const node of graph.nodes) {
    if ((node.op !== 'conv2d' && node.op !== 'linear') || !leaves.has(node.path ?? '')) continue;
    const [x, weight] = node.inputs.map((id) => graph.nodes[id]?.type);
    if (!x || !weight) return Number.NaN;
    const batchOfOne = (shape: readonly Dim[]) => shape.map((size) => substituteDim(size, { N: 1 }));
    const inputs = [{ ...x, shape: batchOfOne(x.shape) }, weight];
    const output = { ...node.type, shape: batchOfOne(node.type.shape) };
    total += Number(opNamed(node.op).flops?.(inputs, output, node.attrs)) / 2;
  }
  return total;
}
