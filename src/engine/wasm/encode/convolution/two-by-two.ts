import type { PlanTensor } from '../../../plan';
import type { ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, panelsOf } from '../blocking';
import type { Convolution } from './conv2d';

/** Positions that images and kernels are transformed to: see `kernels/two-by-two.ts`. */
const POSITIONS = 9;
/** A part's workspace. */
const PART_BYTES = 320;
/** Fewer images or kernels are not worth to be shared out. */
const TRANSFORMS_OF_UNIT = 512;

/** Whether 3×3 kernels meet images of 2×2 with a padding of 1, in a batch that fills the columns of the products. */
export function usesTwoByTwo(convolution: Convolution): boolean {
  const { groups, images, inputChannels, outputChannels, inputSize, outputSize, kernel, stride, dilation, padding } =
    convolution;
  const is = (value: number, ...pairs: (readonly [number, number])[]) => pairs.flat().every((each) => each === value);
  if (groups !== 1 || !is(2, inputSize, outputSize) || !is(3, kernel) || !is(1, stride, dilation, padding))
    return false;
  if (Math.min(inputChannels, outputChannels) < 16) return false;
  return images / (Math.ceil(images / TILE_COLUMNS) * TILE_COLUMNS) >= 0.75;
}

/** Rows, columns and depth of the nine products. */
type Size = readonly [rows: number, columns: number, depth: number];

export function encodeTwoByTwoConv2d(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  x: PlanTensor,
  weight: PlanTensor,
  bias: PlanTensor | undefined,
  y: PlanTensor,
): void {
  const products = new Products(program, [outputChannels, images, inputChannels]);
  products.packRows('two_by_two_kernels', weight, inputChannels * 9, 9);
  products.packColumns(x, inputChannels * 4, 4);
  products.multiply(false);
  products.storeImages(y, program.addressOrZero(bias));
}

/** dx is the convolution of dy with the kernels turned by 180°, input and output channels exchanged. */
export function encodeTwoByTwoGradInput(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  dy: PlanTensor,
  weight: PlanTensor,
  dx: PlanTensor,
): void {
  const products = new Products(program, [inputChannels, images, outputChannels]);
  products.packRows('two_by_two_kernels', weight, 9, inputChannels * 9);
  products.packColumns(dy, outputChannels * 4, 4);
  products.multiply(true);
  products.storeImages(dx, 0);
}

export function encodeTwoByTwoGradWeight(
  program: ProgramBuilder,
  { images, inputChannels, outputChannels }: Convolution,
  x: PlanTensor,
  dy: PlanTensor,
  dweight: PlanTensor,
): void {
  const products = new Products(program, [outputChannels, inputChannels, images]);
  products.packRows('two_by_two_rows', dy, 4, outputChannels * 4);
  products.packColumns(x, 4, inputChannels * 4);
  products.multiply(true);
  products.storeKernels(dweight);
}

/** Nine products of matrices: rows and columns are transformed and packed, results transformed back. */
class Products {
  private readonly rowStep: number;
  private readonly columnStep: number;
  private readonly targetStep: number;
  private readonly packedRows: number;
  private readonly packedColumns: number;
  private readonly products: number;
  private readonly parts: number;

  constructor(
    private readonly program: ProgramBuilder,
    private readonly size: Size,
  ) {
    const [rows, columns, depth] = size;
    const { paddedRows } = panelsOf(rows);
    const paddedColumns = Math.ceil(columns / TILE_COLUMNS) * TILE_COLUMNS;
    // One cache line more than the data: positions a power of two apart would share cache sets.
    this.rowStep = paddedRows * depth * 4 + 64;
    this.columnStep = paddedColumns * depth * 4 + 64;
    this.targetStep = paddedRows * paddedColumns * 4 + 64;
    this.packedRows = program.scratch(this.rowStep * POSITIONS + SPILL_BYTES);
    this.packedColumns = program.scratch(this.columnStep * POSITIONS + SPILL_BYTES);
    this.products = program.scratch(this.targetStep * POSITIONS);
    this.parts = program.scratch(PART_BYTES * program.threads);
  }

  /** Float strides of a row and of depth. */
  packRows(kernel: string, source: PlanTensor, rowStride: number, depthStride: number): void {
    const [rows, , depth] = this.size;
    const words = [this.program.address(source), this.packedRows, rows, depth, rowStride, depthStride];
    this.program.command(kernel, [...words, this.parts, this.rowStep], { barrier: false, units: this.units(rows * depth) });
  }

  packColumns(source: PlanTensor, columnStride: number, depthStride: number): void {
    const [, columns, depth] = this.size;
    const words = [this.program.address(source), this.packedColumns, columns, depth, columnStride, depthStride];
    this.program.command('two_by_two_columns', [...words, this.columnStep], { units: this.units(columns * depth) });
  }

  /** `reversed`: what the rows were made from is turned by 180°. */
  multiply(reversed: boolean): void {
    this.program.command(
      'two_by_two_products',
      [
        ...[this.packedRows, this.packedColumns, this.products, ...this.size, reversed ? 1 : 0],
        ...[this.rowStep, this.columnStep, this.targetStep],
      ],
      { units: POSITIONS * panelsOf(this.size[0]).panels },
    );
  }

  /** Columns are images of the target, rows its channels. */
  storeImages(target: PlanTensor, bias: number): void {
    const [rows, columns] = this.size;
    const words = [this.products, this.program.address(target), rows, columns, rows * 4, bias];
    this.program.command('two_by_two_outputs', [...words, this.targetStep], { units: this.units(rows * columns) });
  }

  storeKernels(target: PlanTensor): void {
    const [rows, columns] = this.size;
    const words = [this.products, this.program.address(target), rows, columns, this.parts];
    this.program.command('two_by_two_weights', [...words, this.targetStep], { units: this.units(rows * columns) });
  }

  /** Of what transforms so many images or kernels. */
  private units(count: number): number {
    return Math.ceil(count / TRANSFORMS_OF_UNIT);
  }
}
