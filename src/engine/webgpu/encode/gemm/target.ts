import type { PlanTensor } from '../../../plan';

/**
 * Where the result of a matrix product goes. The code has `fn target_place(z: u32, column: u32) -> u32`: the element of row 0
 * in that column of the z-th result; rows are `p.row_step` apart. Every element of the tensor is written once.
 */
export interface Target {
  readonly tensor: PlanTensor;
  readonly sizes: Readonly<Record<string, number>>;
  readonly code: string;
  /** Whether four neighbouring columns (from a multiple of 4 on) lie side by side, at a multiple of 4. */
  readonly fours: boolean;
  /** Whether columns may lie nowhere: their place is then 0xffffffff. */
  readonly holes?: boolean;
  /** Added to every element: bias[place / inner % length]. */
  readonly bias?: Bias | undefined;
}

export interface Bias {
  readonly tensor: PlanTensor;
  readonly inner: number;
  /** Elements; of the groups together. */
  readonly length: number;
}

/** Matrices [rows, columns] behind each other, with one bias for each column. */
export function matrixTarget(tensor: PlanTensor, rows: number, columns: number, bias?: PlanTensor): Target {
  return {
    tensor,
    sizes: { row_step: columns, result_step: rows * columns },
    code: 'fn target_place(z: u32, column: u32) -> u32 { return z * p.result_step + column; }',
    fours: columns % 4 === 0,
    bias: bias && { tensor: bias, inner: 1, length: columns },
  };
}

/** Planes [N, groups × rows, places]: columns are images and places, result z is group z; one bias for each channel. */
export function planesTarget(
  tensor: PlanTensor,
  { groups, rows, places }: { readonly groups: number; readonly rows: number; readonly places: number },
  bias?: PlanTensor,
): Target {
  return {
    tensor,
    sizes: { row_step: places, image_step: groups * rows * places, result_step: rows * places },
    code: `fn target_place(z: u32, column: u32) -> u32 {
  let image = column / p.row_step;
  return image * p.image_step + z * p.result_step + column - image * p.row_step;
}`,
    fours: places % 4 === 0,
    bias: bias && { tensor: bias, inner: places, length: groups * rows },
  };
}
