import type { PlanTensor } from '../../../plan';
import { align, floatWord, type ProgramBuilder } from '../../program-builder';
import { imageShape } from '../tensors';

/** The input places [first, end) of one output row or column, and the size that the divisor counts. */
export interface PoolWindow {
  readonly first: number;
  readonly end: number;
  readonly size: number;
}

export interface AveragePool {
  readonly rows: readonly PoolWindow[];
  readonly columns: readonly PoolWindow[];
  /** 0: the product of the windows' sizes. */
  readonly divisor: number;
}

export function encodeAveragePool(program: ProgramBuilder, pool: AveragePool, x: PlanTensor, y: PlanTensor): void {
  const rowBytes = align((x.shape.at(-1) ?? 1) * 4 + 64);
  const scratch = program.scratch(rowBytes * program.threads);
  program.command('average_pool', [...words(program, pool, x, y), scratch, rowBytes]);
}

export function encodeAveragePoolGrad(
  program: ProgramBuilder,
  pool: AveragePool,
  dy: PlanTensor,
  dx: PlanTensor,
): void {
  program.command('average_pool_grad', words(program, pool, dx, dy));
}

function words(program: ProgramBuilder, pool: AveragePool, x: PlanTensor, y: PlanTensor): readonly number[] {
  const [images, channels, height, width] = imageShape(x);
  return [
    ...[program.address(x), program.address(y), images * channels, height, width],
    ...[pool.rows.length, pool.columns.length, windowTable(program, pool.rows), windowTable(program, pool.columns)],
    floatWord(pool.divisor),
  ];
}

function windowTable(program: ProgramBuilder, windows: readonly PoolWindow[]): number {
  return program.table(windows.flatMap(({ first, end, size }) => [first, end, size]));
}
