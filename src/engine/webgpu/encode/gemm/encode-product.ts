import type { PlanTensor } from '../../../plan';
import { sizeOf } from '../../../steps/tensors';
import { mayVectorize, type KernelCall, type WorkTensor } from '../../kernel-call';
import { foldWorkgroups, type ProgramBuilder } from '../../program-builder';
import { choosePartition } from './choose-partition';
import type { Operand, OperandName } from './operand';
import { productCode } from './product-code';
import { encodeSumOfSplits } from './sum-of-splits';
import type { Target } from './target';
import type { ProductKind } from './tile';

/** C[z] (rows × columns) = A[z]·B[z], for `count` values of z. */
export interface Product {
  readonly name: string;
  readonly kind: ProductKind;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly count: number;
  readonly a: (name: OperandName) => Operand;
  readonly b: (name: OperandName) => Operand;
  readonly target: Target;
  /** Where products differ in depth: WGSL expression of product `z`'s; `depth` is then the largest. Never cut along the depth. */
  readonly ownDepths?: string;
  /** What the operands read beside their own, and functions that they call. */
  readonly tensors?: KernelCall['tensors'];
  readonly declarations?: string;
}

export function encodeProduct(program: ProgramBuilder, product: Product): void {
  const { kind, rows, columns, depth, count, target, ownDepths } = product;
  if (rows === 0 || columns === 0 || count === 0) return;
  const { tile, splits, splitDepth } = choosePartition(
    { kind, rows, columns, depth, count },
    ownDepths === undefined,
    program,
  );
  const size = sizeOf(target.tensor);
  const sums: PlanTensor | WorkTensor = splits > 1 ? program.scratch(splits * size) : target.tensor;
  const bias = splits > 1 ? undefined : target.bias;
  const [a, b] = [product.a('a'), product.b('b')];
  const fours = target.fours && mayVectorize(sums) && (splits === 1 || size % 4 === 0);
  const tensors: KernelCall['tensors'] = {
    ...a.tensors,
    ...b.tensors,
    ...product.tensors,
    ...(bias ? { bias: bias.tensor } : {}),
    c: { tensor: sums, vector: fours },
  };
  const [rowTiles, columnTiles] = [Math.ceil(rows / tile.rows), Math.ceil(columns / tile.columns)];
  const workgroups = rowTiles * columnTiles * count * splits;
  program.run({
    name: product.name,
    tensors,
    sizes: {
      ...a.sizes,
      ...b.sizes,
      ...target.sizes,
      ...(bias ? { bias_inner: bias.inner, bias_length: bias.length } : {}),
      ...{ rows, columns, depth, row_tiles: rowTiles, column_tiles: columnTiles },
      ...{ splits, split_depth: splitDepth, split_step: size, count: workgroups },
    },
    integers: { ...a.integers, ...b.integers },
    numbers: { ...a.numbers, ...b.numbers },
    code: productCode({
      ...{ tile, a, b, target: target.code, fours, holes: target.holes === true, bias: bias !== undefined },
      ownDepth: ownDepths,
      declarations: product.declarations ?? '',
    }),
    workgroups: foldWorkgroups(workgroups),
  });
  if (splits > 1) encodeSumOfSplits(program, sums, target.tensor, splits, target.bias);
}
