import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, TILE_COLUMNS, chooseRowParts, evenBlock, panelsOf } from '../blocking';
import { encodeColumns, type ColumnGeometry } from './columns';

/** Depth of a packed block: its panels of A and B stay in the first-level cache. */
const BLOCK_DEPTH = 384;
/** Packed columns stay in the second-level cache. */
const BLOCK_BYTES = 288 * 1024;
const LEAST_COLUMNS = 128;
const MOST_COLUMNS = 512;

/** Where the results of `kernels/conv2d.ts` go: float strides of the target. */
export interface ConvTarget {
  readonly address: number;
  /** Address of one bias a row, or 0. */
  readonly bias: number;
  /** Target channels of each group. */
  readonly rows: number;
  readonly imageStride: number;
  readonly channelStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** target = A·columns + bias; `packed` is the address of A as pack_rows or pack_taps leave it. No barrier follows. */
export function encodeConvGemm(
  program: ProgramBuilder,
  geometry: ColumnGeometry,
  packed: number,
  target: ConvTarget,
): void {
  const { channels, groups, gridWidth, images } = geometry;
  const taps = geometry.taps.length;
  const columns = images * geometry.gridHeight * gridWidth;
  const tiles = Math.ceil(columns / TILE_COLUMNS);
  // A wide row is best packed whole, so that few rows of the image are copied to more than one slab.
  const wish = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, Math.ceil(gridWidth / TILE_COLUMNS) * TILE_COLUMNS));
  const blockTiles = Math.min(tiles, wish / TILE_COLUMNS);
  const blockColumns = blockTiles * TILE_COLUMNS;
  const depth = Math.min(BLOCK_DEPTH, Math.floor(BLOCK_BYTES / (4 * blockColumns)));
  const blockChannels = evenBlock(channels, Math.floor(depth / Math.max(1, taps)));
  const described = encodeColumns(program, geometry, blockChannels, blockColumns);

  const targetsAt = 512; // After one tile of 192 bytes and the runs of one tile.
  const runsAt = targetsAt + align(blockTiles * 36);
  const slabAt = runsAt + align(described.runBytes);
  const panelsAt = slabAt + align(described.slabBytes);
  const partBytes = panelsAt + align(blockColumns * blockChannels * taps * 4 + SPILL_BYTES);
  const scratch = program.partScratch(partBytes);
  const rowParts = chooseRowParts(panelsOf(target.rows).panels, groups * tiles, program.threads);
  program.command(
    'conv_gemm',
    [
      ...described.words,
      ...[packed, target.address, target.bias, target.rows],
      ...[target.imageStride, target.channelStride, target.rowStride, target.columnStride],
      ...[blockTiles, rowParts, ...scratch, targetsAt, runsAt, slabAt, panelsAt],
    ],
    { barrier: false, units: Math.ceil((groups * tiles) / blockTiles) * rowParts },
  );
}
