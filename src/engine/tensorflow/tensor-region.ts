import { elementCount } from '../../core/graph/dim';
import type { DType } from '../../core/graph/graph';
import type { HostArray } from '../engine';
import type { PlanTensor } from '../plan';
import type { Tensor, Tensorflow } from './tensorflow-module';

/** Words [start, end) of the region and the flat tensor that holds them. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly tensor: Tensor;
}

/**
 * A region of a Plan's memory as tensors: each lies where it was last written, and is read back whole, in part (a view) or
 * together with its neighbours (an optimiser's run over many parameters).
 */
export class TensorRegion {
  /** In order, never overlapping. */
  private pieces: Piece[] = [];

  /**
   * `lasting`: a state, where what was never written is zero, and what is left of a tensor that was written over in part is
   * still there. Else an arena, where a buffer that another one takes is dead as a whole, and all that is read was written.
   */
  constructor(
    private readonly tf: Tensorflow,
    private readonly lasting: boolean,
  ) {}

  /** The tensor at a place; the caller (or its `tidy`) disposes of it. */
  read({ offset, shape, dtype }: PlanTensor): Tensor {
    const { tf } = this;
    const [start, end] = [offset / 4, offset / 4 + elementCount(shape)];
    const type = typeOf(dtype);
    return tf.tidy(() => {
      const found = this.pieces.filter((piece) => piece.start < end && piece.end > start);
      const [only] = found;
      if (only && only.start <= start && only.end >= end) return tf.reshape(part(tf, only, start, end), [...shape]);
      if (!this.lasting && end > start) throw new Error(`Nothing was written at [${start}, ${end}) as a whole`);
      const parts: Tensor[] = [];
      let at = start;
      for (const piece of found) {
        if (piece.start > at) parts.push(tf.zeros([piece.start - at], type));
        parts.push(part(tf, piece, Math.max(piece.start, start), Math.min(piece.end, end)));
        at = Math.min(piece.end, end);
      }
      if (at < end || parts.length === 0) parts.push(tf.zeros([end - at], type));
      return tf.reshape(parts.length === 1 && parts[0] ? parts[0] : tf.concat(parts), [...shape]);
    });
  }

  /** Puts a tensor of as many elements at a place. The tensor stays the caller's. */
  write({ offset, shape, dtype }: PlanTensor, tensor: Tensor): void {
    const { tf } = this;
    const [start, end] = [offset / 4, offset / 4 + elementCount(shape)];
    if (tensor.size !== end - start) {
      throw new Error(`A tensor [${tensor.shape.join(', ')}] does not fit the place of [${shape.join(', ')}]`);
    }
    // A tensor of its own that shares the values: what it came from may be disposed of.
    const kept = tf.tidy(() => tf.keep(tf.cast(tf.reshape(tensor, [end - start]), typeOf(dtype))));
    if (end === start) {
      kept.dispose();
      return;
    }
    const pieces: Piece[] = [];
    for (const piece of this.pieces) {
      if (piece.end <= start || piece.start >= end) {
        pieces.push(piece);
        continue;
      }
      if (this.lasting && piece.start < start) pieces.push(this.rest(piece, piece.start, start));
      if (this.lasting && piece.end > end) pieces.push(this.rest(piece, end, piece.end));
      piece.tensor.dispose();
    }
    pieces.push({ start, end, tensor: kept });
    this.pieces = pieces.sort((a, b) => a.start - b.start);
  }

  /** Puts numbers of the host at a place. */
  writeHost(place: PlanTensor, values: HostArray): void {
    const { tf } = this;
    tf.tidy(() => {
      // A copy: the host may fill the array again while the device still reads it.
      const words = place.dtype !== 'f32';
      this.write(place, words ? tf.tensor1d(Int32Array.from(values), 'int32') : tf.tensor1d(Float32Array.from(values)));
    });
  }

  /** Disposes of all that does not lie in one of these places. */
  keepOnly(places: readonly PlanTensor[]): void {
    this.pieces = this.pieces.filter(({ start, end, tensor }) => {
      const kept = places.some(({ offset, shape }) => start < offset / 4 + elementCount(shape) && end > offset / 4);
      if (!kept) tensor.dispose();
      return kept;
    });
  }

  dispose(): void {
    for (const { tensor } of this.pieces) tensor.dispose();
    this.pieces = [];
  }

  private rest(piece: Piece, start: number, end: number): Piece {
    return { start, end, tensor: this.tf.keep(part(this.tf, piece, start, end)) };
  }
}

/** Whole numbers and truth values are words, whatever TensorFlow made of them on the way. */
function typeOf(dtype: DType): 'float32' | 'int32' {
  return dtype === 'f32' ? 'float32' : 'int32';
}

function part(tf: Tensorflow, piece: Piece, start: number, end: number): Tensor {
  if (piece.start === start && piece.end === end) return tf.reshape(piece.tensor, [end - start]);
  return tf.slice(piece.tensor, [start - piece.start], [end - start]);
}
