import { align, type ProgramBuilder } from '../../program-builder';
import { evenBlock, panelsOf, panelsOfUnit } from '../blocking';
import { FIXED_BYTES, POSITIONS, type Kernels, type Strips } from './winograd-shapes';

/** The kernels that are transformed at once stay in the second-level cache, beside products and passing inputs. */
const KERNEL_BYTES = 448 * 1024;
/** A pair of panels has a multiple of 4 rows, as the kernels' transform wants. */
const PAIR_ROWS = 12;
/** The whole transformed input stays in the last-level cache. */
const MOST_INPUT_BYTES = 8 * 1024 * 1024;

/** Transformed kernels are four times as large: so many threads make them anew as fast as memory gives them. */
const MOST_KEEPING_THREADS = 4;
/** Fewer tiles are not worth to be shared out. */
const TRANSFORMS_OF_UNIT = 256;

/** Whether there are fewer tiles than kernels for each channel: by the shape alone, as it changes the order of the sums. */
export function hasFewTiles({ strips, tilesOfStrip }: Strips, { rows, depth }: Kernels): boolean {
  const tiles = strips * tilesOfStrip;
  return tiles < rows && POSITIONS * tiles * depth * 4 <= MOST_INPUT_BYTES;
}

/** `target`: its address, that of the bias or 0, channels, height and width. See `kernels/winograd-panels.ts`. */
export function encodeWinogradPanels(
  program: ProgramBuilder,
  { words, strips, tilesOfStrip, pitch }: Strips,
  { weight, rows, depth, rowStride, depthStride, flip }: Kernels,
  target: readonly number[],
): void {
  const tiles = Math.ceil((strips * tilesOfStrip) / 8) * 8;
  const inputStep = tiles * depth * 4 + 64;
  const inputs = program.scratch(inputStep * POSITIONS);

  const slabAt = FIXED_BYTES + align(tiles * 4);
  const tilesBytes = slabAt + align(strips * 6 * pitch * 4 + 64);
  const tilesScratch = program.partScratch(tilesBytes);
  program.command('winograd_tiles', [...words, inputs, ...target, inputStep, ...tilesScratch, FIXED_BYTES, slabAt], {
    units: Math.ceil((depth * tiles) / TRANSFORMS_OF_UNIT),
  });

  const { panels } = panelsOf(rows);
  const unitPanels = panelsOfUnit(panels, program.threads);
  const blockDepth = evenBlock(depth, Math.floor(KERNEL_BYTES / (POSITIONS * PAIR_ROWS * 4)));
  const productsAt = FIXED_BYTES + align((PAIR_ROWS * blockDepth * 4 + 64) * POSITIONS);
  const partBytes = productsAt + align((PAIR_ROWS * tiles * 4 + 64) * POSITIONS);
  const scratch = program.partScratch(partBytes);
  const panelWords = [
    ...[...words, inputs, ...target, inputStep, ...scratch, FIXED_BYTES, productsAt],
    ...[program.address(weight), rowStride, depthStride, flip ? 1 : 0, unitPanels, blockDepth],
  ];
  const units = Math.ceil(panels / unitPanels);
  const blocks = Math.ceil(depth / blockDepth);
  const keptPitch = align((unitPanels * 6 * depth * 4 + 64 * blocks) * POSITIONS);
  let kept = [0, 0];
  if (program.keepsWhatIsMadeOf(weight) && program.threads <= MOST_KEEPING_THREADS) {
    program.kept(keptPitch * units, weight, (to) => {
      kept = [to, keptPitch];
      program.command('winograd_panel_kernels', [...panelWords, ...kept], { units });
    });
  }
  program.command('winograd_panels', [...panelWords, ...kept], { units });
}
