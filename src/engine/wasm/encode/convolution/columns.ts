import type { ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES } from '../blocking';
import type { Tap } from '../../../steps/convolution';

/** An image read as the columns of a matrix; see `kernels/columns.ts`. */
export interface ColumnGeometry {
  /** Address of source [images, groups·channels, sourceHeight, sourceWidth]. */
  readonly source: number;
  readonly images: number;
  readonly groups: number;
  /** Of one group. */
  readonly channels: number;
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly stride: readonly [number, number];
  readonly taps: readonly Tap[];
}

export interface Columns {
  readonly words: readonly number[];
  /** Scratch that one part needs. */
  readonly slabBytes: number;
  readonly runBytes: number;
}

/** Argument words for reading up to `columns` columns of `blockChannels` channels at once. */
export function encodeColumns(
  program: ProgramBuilder,
  geometry: ColumnGeometry,
  blockChannels: number,
  columns: number,
): Columns {
  const { gridHeight, gridWidth, sourceHeight, sourceWidth, taps } = geometry;
  const [strideHeight, strideWidth] = geometry.stride;
  const rows = taps.length > 0 ? taps.map((tap) => tap.row) : [0];
  const tapColumns = taps.length > 0 ? taps.map((tap) => tap.column) : [0];
  const [originRow, lastRow] = [Math.min(...rows), Math.max(...rows)];
  const [originColumn, lastColumn] = [Math.min(...tapColumns), Math.max(...tapColumns)];
  const tapRowSpan = lastRow - originRow;

  const inside =
    originRow >= 0 &&
    originColumn >= 0 &&
    (gridHeight - 1) * strideHeight + lastRow < sourceHeight &&
    (gridWidth - 1) * strideWidth + lastColumn < sourceWidth;
  const useSlab = taps.length > 0 && (!inside || strideWidth > 1);
  const gridRows = Math.min(gridHeight, Math.floor((columns + gridWidth - 2) / gridWidth) + 1);
  const places = gridHeight * gridWidth;
  const segments = Math.min(geometry.images, Math.floor((columns + places - 2) / places) + 1);
  const slabRows = (gridRows - 1) * strideHeight + tapRowSpan + 1;
  const phase = gridWidth + Math.floor((lastColumn - originColumn) / strideWidth);
  const slabPitch = phase * strideWidth;

  const offsets: number[] = [];
  for (let channel = 0; channel < blockChannels; channel++) {
    for (const tap of taps) {
      const row = tap.row - originRow;
      const column = tap.column - originColumn;
      const floats = useSlab
        ? (channel * slabRows + row) * slabPitch + (column % strideWidth) * phase + Math.floor(column / strideWidth)
        : (channel * sourceHeight + row) * sourceWidth + column;
      offsets.push(floats * 4);
    }
  }
  return {
    words: [
      ...[geometry.source, geometry.groups, geometry.channels, taps.length],
      ...[geometry.images, gridHeight, gridWidth, sourceHeight, sourceWidth, strideHeight, strideWidth],
      ...[originRow, originColumn, geometry.groups * geometry.channels, useSlab ? 1 : 0],
      ...[slabRows, phase, tapRowSpan, blockChannels, program.table(offsets)],
    ],
    slabBytes: useSlab ? segments * blockChannels * slabRows * slabPitch * 4 + SPILL_BYTES : 0,
    runBytes: columns * 12,
  };
}
