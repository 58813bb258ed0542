import { elementCount } from '../../../../core/graph/dim';
import type { KernelStep } from '../../../plan';
import { align, type ProgramBuilder } from '../../program-builder';
import { booleanAttribute } from '../../../steps/attributes';
import { SPILL_BYTES, TILE_COLUMNS, chooseRowParts, evenBlock, panelsOf } from '../blocking';
import { collapseDims } from '../../../steps/collapse-dims';
import { inputOf } from '../../../steps/tensors';

/** Depth of a packed block, and its bytes: it stays in the second-level cache. */
const BLOCK_DEPTH = 384;
const BLOCK_BYTES = 288 * 1024;
/** Bytes of argument words at the start of a part's scratch, as `kernels/product.ts` has it. */
const WORD_BYTES = 128;

/** C [M, N] = A·B + bias. */
export interface Product {
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

/** One product, which all parts share. */
export function encodeProduct(program: ProgramBuilder, product: Product): void {
  const [m, , k] = product.size;
  const { panels, paddedRows } = panelsOf(m);
  const packed = program.scratch(paddedRows * k * 4 + SPILL_BYTES);
  if (product.aTransposed) program.command('pack_columns', packWords(product, packed));
  else program.command('pack_rows', packWords(product, packed));
  const { tiles, blockDepth, blockTiles, bytes } = blocksOf(product.size);
  const scratch = program.partScratch(bytes);
  const rowParts = chooseRowParts(panels, tiles, program.threads);
  program.command('gemm', [...gemmWords(product, packed, blockDepth, blockTiles), rowParts, ...scratch], {
    units: rowParts === 1 ? Math.ceil(tiles / 4) : 0,
  });
}

/** The product of each pair of matrices; dimensions before the last two are broadcast. */
export function encodeMatrixProduct(step: KernelStep, program: ProgramBuilder): void {
  const [a, b, c] = [inputOf(step, 0), inputOf(step, 1), step.output];
  const aTransposed = booleanAttribute(step.attrs, 'transposeA');
  const bTransposed = booleanAttribute(step.attrs, 'transposeB');
  const [m = 1, n = 1] = c.shape.slice(-2);
  const k = a.shape.at(aTransposed ? -2 : -1) ?? 1;
  const batch = c.shape.slice(0, -2);
  const count = elementCount(batch);
  const [ofA, ofB] = batchOffsets(batch, [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  const products = Array.from({ length: count }, (_, item) => ({
    ...{ a: program.address(a) + (ofA?.[item] ?? 0) * m * k * 4, aTransposed },
    ...{ b: program.address(b) + (ofB?.[item] ?? 0) * k * n * 4, bTransposed },
    ...{ target: program.address(c) + item * m * n * 4, bias: 0, size: [m, n, k] as const },
  }));
  // A few products are shared by all parts, many are each made by one.
  if (count < 4 || (count < program.threads * 4 && m * n * k > 1e7)) {
    for (const product of products) encodeProduct(program, product);
    return;
  }
  const [first] = products;
  if (!first) return;
  const { paddedRows } = panelsOf(m);
  const { blockDepth, blockTiles, bytes } = blocksOf(first.size);
  const packedBytes = align(paddedRows * k * 4 + SPILL_BYTES);
  const partBytes = WORD_BYTES + packedBytes + bytes;
  const scratch = program.partScratch(partBytes);
  program.command('product_batch', [
    count,
    program.table(products.map((product) => product.a)),
    program.table(products.map((product) => product.b)),
    program.table(products.map((product) => product.target)),
    aTransposed ? 1 : 0,
    program.table([...packWords(first, 0), 0, 0, 0].slice(0, 7)),
    program.table([...gemmWords(first, 0, blockDepth, blockTiles), 1, 0, 0]),
    ...[...scratch, packedBytes],
  ]);
}

function packWords({ a, aTransposed, size: [m, , k] }: Product, packed: number): readonly number[] {
  return aTransposed ? [a, packed, m, k] : [a, packed, m, k, k * 4, 1, 0];
}

function gemmWords(product: Product, packed: number, blockDepth: number, blockTiles: number): readonly number[] {
  const { b, target, bias, bTransposed, size } = product;
  const [m, n, k] = size;
  const pitch = bTransposed ? k * 4 : n * 4;
  return [packed, b, target, bias, m, n, k, pitch, bTransposed ? 1 : 0, blockDepth, blockTiles];
}

/** How B is cut into blocks that stay in cache, and the scratch of each part for one. */
function blocksOf([, n, k]: readonly [number, number, number]) {
  const tiles = Math.ceil(n / TILE_COLUMNS);
  const blockDepth = evenBlock(k, BLOCK_DEPTH);
  const blockTiles = Math.min(tiles, Math.floor(BLOCK_BYTES / (4 * TILE_COLUMNS * blockDepth)));
  return {
    tiles,
    blockDepth,
    blockTiles,
    bytes: align(256 + blockTiles * TILE_COLUMNS * blockDepth * 4 + SPILL_BYTES),
  };
}

/** Which matrix of each operand belongs to each one of the result. */
function batchOffsets(batch: readonly number[], operands: readonly (readonly number[])[]): readonly number[][] {
  const dims = collapseDims(batch, operands);
  return operands.map((_, operand) =>
    Array.from({ length: elementCount(batch) }, (_matrix, item) => {
      let [rest, offset] = [item, 0];
      for (const { size, steps } of dims) {
        offset += (rest % size) * (steps[operand] ?? 0);
        rest = Math.floor(rest / size);
      }
      return offset;
    }),
  );
}
