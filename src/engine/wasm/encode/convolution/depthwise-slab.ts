import { align, type ProgramBuilder } from '../../program-builder';
import { SPILL_BYTES, evenBlock } from '../blocking';
import type { Tap } from '../../../steps/convolution';

/** What a slab holds stays in the first-level cache. */
const SLAB_BYTES = 20 * 1024;

/** How planes are read: see `kernels/depthwise-slab.ts`. */
export interface SlabGeometry {
  /** Address of the planes [planes, height, width], of which `sources` are read together. */
  readonly source: number;
  readonly sources: number;
  readonly height: number;
  readonly width: number;
  /** Places that read them, each `stride` from the next. */
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly stride: readonly [number, number];
  /** All places that a grid place reads, relative to its own. */
  readonly taps: readonly Tap[];
}

export interface Slab {
  readonly stripRows: number;
  /** Floats of a slab row, of its columns of one remainder, of a plane. */
  readonly rowPitch: number;
  readonly phasePitch: number;
  readonly planePitch: number;
  readonly bytes: number;
  /** Byte offset of what a grid place reads from the place itself. */
  offsetOf(tap: Tap, plane: number): number;
}

export function layOutSlab({ sources, gridHeight, gridWidth, stride, taps }: SlabGeometry): Slab {
  const { originRow, originColumn, rowSpan, columnSpan } = boundsOf(taps);
  // Blocks read four places, even of narrower planes.
  const phasePitch = Math.max(gridWidth, 4) + Math.floor((columnSpan - 1) / stride[1]);
  const rowPitch = phasePitch * stride[1];
  const affordable = Math.floor((SLAB_BYTES / 4 / sources / rowPitch - rowSpan) / stride[0]) + 1;
  const stripRows = evenBlock(gridHeight, affordable);
  const planePitch = ((stripRows - 1) * stride[0] + rowSpan) * rowPitch;
  return {
    ...{ stripRows, rowPitch, phasePitch, planePitch },
    bytes: align(sources * planePitch * 4 + SPILL_BYTES),
    offsetOf(tap, plane) {
      const column = tap.column - originColumn;
      const place = (column % stride[1]) * phasePitch + Math.floor(column / stride[1]);
      return 4 * (plane * planePitch + (tap.row - originRow) * rowPitch + place);
    },
  };
}

/** The argument words that all depthwise kernels begin with. `scratch` has `partBytes` for each part. */
export function slabWords(
  program: ProgramBuilder,
  geometry: SlabGeometry,
  slab: Slab,
  scratch: number,
  partBytes: number,
): readonly number[] {
  const { source, sources, height, width, stride, gridHeight, taps } = geometry;
  const { originRow, originColumn, rowSpan } = boundsOf(taps);
  const step = stride[1];
  const phases = Array.from({ length: step }, (_, remainder) => {
    const column = originColumn + remainder;
    const first = Math.min(Math.max(0, Math.ceil(-column / step)), slab.phasePitch);
    const end = Math.min(Math.max(first, Math.ceil((width - column) / step)), slab.phasePitch);
    return [first, end - first, column + first * step];
  });
  return [
    ...[source, sources, height, width, step, slab.phasePitch, program.table(phases.flat())],
    ...[originRow, stride[0], rowSpan, gridHeight, slab.stripRows, slab.planePitch, scratch, partBytes],
  ];
}

/** Which loop is made for taps with these byte offsets: 1 and 2 are 3×3 taps of stride 1 and 2, 0 any. */
export function formOf(offsets: readonly number[], { rowPitch, phasePitch }: Slab): 0 | 1 | 2 {
  const areAt = (columns: readonly number[]): boolean =>
    offsets.length === 9 &&
    offsets.every((offset, i) => offset === 4 * (Math.floor(i / 3) * rowPitch + (columns[i % 3] ?? 0)));
  if (areAt([0, 1, 2]) && rowPitch === phasePitch) return 1;
  return areAt([0, phasePitch, 1]) && rowPitch === 2 * phasePitch ? 2 : 0;
}

function boundsOf(taps: readonly Tap[]): {
  readonly originRow: number;
  readonly originColumn: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
} {
  const [rows, columns] = [taps.map(({ row }) => row), taps.map(({ column }) => column)];
  const [originRow, originColumn] = [Math.min(...rows), Math.min(...columns)];
  return {
    ...{ originRow, originColumn },
    rowSpan: Math.max(...rows) - originRow + 1,
    columnSpan: Math.max(...columns) - originColumn + 1,
  };
}
