import { describe, expect, test } from 'vitest';
import type { TensorType } from '../../../src/core/graph/graph';
import { GraphBuilder } from '../../../src/core/graph/graph-builder';
import { lowerGraph } from '../../../src/core/graph/lower';
import { OpError, OpUnsupported } from '../../../src/core/ops/op';
import { compareLayers, layerRecords } from './compare-layers';

compareLayers('dropout');

/** The ops that a dropout becomes. */
function lowered(mode: 'train' | 'eval', op: string, attrs: Record<string, unknown>, type: TensorType): string[] {
  const builder = new GraphBuilder('case');
  const x = builder.input('images', type);
  const id = builder.add(op, { p: 0.5, training: 'mode', ...(attrs as object) }, [x]);
  const result = lowerGraph(builder.finish([id]), mode);
  return result.builder
    .finish([])
    .nodes.map((node) => node.op)
    .filter((name) => name !== 'input');
}

const image: TensorType = { shape: ['N', 6, 4, 4], dtype: 'f32' };

describe('lowering', () => {
  test.each(['dropout', 'dropout2d', 'dropout3d', 'alpha_dropout', 'feature_alpha_dropout'])(
    '%s does nothing in evaluation',
    (op) => {
      expect(lowered('eval', op, {}, image)).toEqual([]);
      expect(lowered('train', op, { training: false }, image)).toEqual([]);
      expect(lowered('train', op, { p: 0 }, image)).toEqual([]);
    },
  );

  test('channels are dropped from a batch, and from one sample as from a batch of one', () => {
    expect(lowered('train', 'dropout2d', {}, image)).toEqual(['dropout_apply']);
    expect(lowered('train', 'dropout3d', {}, { shape: ['N', 6, 3, 4, 4], dtype: 'f32' })).toEqual(['dropout_apply']);
    expect(lowered('train', 'dropout1d', {}, { shape: [6, 4], dtype: 'f32' })).toEqual([
      'reshape',
      'dropout_apply',
      'reshape',
    ]);
  });

  test('alpha dropout is a dropout between a sum before and a sum after', () => {
    expect(lowered('train', 'alpha_dropout', {}, image)).toEqual(['affine', 'dropout_apply', 'affine']);
    expect(lowered('train', 'feature_alpha_dropout', { p: 1 }, image)).toEqual(['dropout_apply']);
  });

  test('stochastic depth drops samples, or the batch, as channels', () => {
    const kinds = ['reshape', 'dropout_apply', 'reshape'];
    expect(lowered('train', 'stochastic_depth', { mode: 'row' }, image)).toEqual(kinds);
    expect(lowered('train', 'stochastic_depth', { mode: 'batch' }, image)).toEqual(kinds);
    expect(lowered('eval', 'stochastic_depth', { mode: 'row' }, image)).toEqual([]);
  });

  // What torch 1.13 refuses in training alone.
  const refused = layerRecords
    .filter(({ family }) => family === 'dropout')
    .flatMap(({ layer, train = {} }) => Object.keys(train).map((call) => [layer, call] as const));

  test.each(refused)('%s refuses %s in training', (layer, call) => {
    const op = /nn\.(\w+)/.exec(layer)?.[1] ?? '';
    const name = op.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    const [, kind = 't', sizes = ''] = /m\((\w)\((.*)\)\)/.exec(call) ?? [];
    const shape = sizes === '' ? [] : sizes.split(',').map(Number);
    const type: TensorType = { shape, dtype: kind === 'i' ? 'i64' : 'f32' };
    expect(() => lowered('train', name, {}, type)).toThrow(OpError);
    expect(() => lowered('train', name, {}, type)).not.toThrow(OpUnsupported);
  });
});
