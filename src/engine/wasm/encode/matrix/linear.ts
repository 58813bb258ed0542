import type { KernelStep } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, chooseRowParts, evenBlock, panelsOf } from '../blocking';
import { inputOf, sizeOf } from '../tensors';

/** Depth of a packed block, and its bytes: it stays in the second-level cache. */
const BLOCK_DEPTH = 384;
const BLOCK_BYTES = 288 * 1024;

/** y [rows, out] = x [rows, in]·weightᵀ + bias. */
export function encodeLinear(step: KernelStep, program: ProgramBuilder): void {
  const [x, weight, bias] = [inputOf(step, 0), inputOf(step, 1), step.inputs[2]];
  const [outputs = 1, inputs = 1] = weight.shape;
  const rows = sizeOf(x) / inputs;
  encodeProduct(program, {
    a: program.address(x),
    aTransposed: false,
    b: program.address(weight),
    bTransposed: true,
    target: program.address(step.output),
    bias: program.addressOrZero(bias),
    size: [rows, outputs, inputs],
  });
}

/** dx [rows, in] = dy [rows, out]·weight. */
export function encodeLinearGradInput(step: KernelStep, program: ProgramBuilder): void {
  const [dy, weight] = [inputOf(step, 0), inputOf(step, 1)];
  const [outputs = 1, inputs = 1] = weight.shape;
  encodeProduct(program, {
    a: program.address(dy),
    aTransposed: false,
    b: program.address(weight),
    bTransposed: false,
    target: program.address(step.output),
    bias: 0,
    size: [sizeOf(dy) / outputs, inputs, outputs],
  });
}

/** dweight [out, in] = dyᵀ·x. */
export function encodeLinearGradWeight(step: KernelStep, program: ProgramBuilder): void {
  const [x, dy] = [inputOf(step, 0), inputOf(step, 1)];
  const [outputs = 1, inputs = 1] = step.output.shape;
  encodeProduct(program, {
    a: program.address(dy),
    aTransposed: true,
    b: program.address(x),
    bTransposed: false,
    target: program.address(step.output),
    bias: 0,
    size: [outputs, inputs, sizeOf(x) / inputs],
  });
}

interface Product {
  readonly a: number;
  /** A is given as [K, M]. */
  readonly aTransposed: boolean;
  readonly b: number;
  /** B is given as [N, K]. */
  readonly bTransposed: boolean;
  readonly target: number;
  /** Address of one bias a column, or 0. */
  readonly bias: number;
  /** M, N, K. */
  readonly size: readonly [number, number, number];
}

function encodeProduct(program: ProgramBuilder, product: Product): void {
  const [m, n, k] = product.size;
  const { panels, paddedRows } = panelsOf(m);
  const packed = program.scratch(paddedRows * k * 4 + SPILL_BYTES);
  if (product.aTransposed) program.command('pack_columns', [product.a, packed, m, k]);
  else program.command('pack_rows', [product.a, packed, m, k, k * 4, 1, 0]);

  const tiles = Math.ceil(n / TILE_COLUMNS);
  const blockDepth = evenBlock(k, BLOCK_DEPTH);
  const blockTiles = Math.min(tiles, Math.floor(BLOCK_BYTES / (4 * TILE_COLUMNS * blockDepth)));
  const partBytes = align(256 + blockTiles * TILE_COLUMNS * blockDepth * 4 + SPILL_BYTES);
  const scratch = program.scratch(partBytes * program.threads);
  const pitch = product.bTransposed ? k * 4 : n * 4;
  program.command('gemm', [
    ...[packed, product.b, product.target, product.bias, m, n, k, pitch, product.bTransposed ? 1 : 0],
    ...[blockDepth, blockTiles, chooseRowParts(panels, tiles, program.threads), scratch, partBytes],
  ]);
}
