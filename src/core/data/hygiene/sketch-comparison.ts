import {
  fineFrequencies,
  haveLikeColors,
  haveLikeTones,
  mostUnexplained,
  neighbourhoodOf,
  toneOf,
  unexplainedShare,
  type Neighbourhood,
  type Tone,
} from './compare-sketches';
import { once, onceEach } from './once';
import type { NearSearchMaterial } from './near-search';
import {
  halvedPlane,
  mirrorPattern,
  movedPatterns,
  patternFrequencies,
  patternLength,
  patternSide,
} from './pattern-vector';
import { sketchLength, sketchSide } from './sketch-image';
import { lowFrequencies, spectrumOf, type Spectrum } from './spectrum';

/** An image that others are compared with. What is made of it is made when it is first wanted. */
export interface SketchView {
  readonly item: number;
  /** The smaller, in pixels. */
  readonly side: number;
  readonly pattern: Float32Array;
  readonly coarse: Neighbourhood;
  /** Its pattern when it is moved by so much, in eight directions and not at all. */
  moved(reach: number): readonly Float32Array[];
  /** In so many frequencies. */
  fine(frequencies: number): Neighbourhood;
}

/** Another image as it is, or mirrored. */
export interface OtherView {
  readonly item: number;
  readonly isMirrored: boolean;
  /** Mirrored where it is. */
  readonly pattern: Float32Array;
}

/** Compares sketches closely, the quickest tests first, so that most candidates cost little. */
export class SketchComparison {
  private readonly tones: readonly Tone[];
  /** Low frequencies of sketches, by image and number of frequencies. */
  private readonly fine = new Map<number, FineFrequencies>();

  constructor(private readonly material: NearSearchMaterial) {
    this.tones = Array.from({ length: material.sides.length }, (_, item) => toneOf(this.sketchOf(item)));
  }

  viewOf(item: number): SketchView {
    const pattern = this.otherView(item, false).pattern;
    const spectrum = once(() => this.coarseSpectrum(item));
    const coarse = once(() => neighbourhoodOf(spectrum()));
    return {
      item,
      side: this.material.sides[item] ?? 0,
      pattern,
      get coarse() {
        return coarse();
      },
      moved: onceEach((reach) => (reach === 0 ? [pattern] : movedPatterns(spectrum(), reach))),
      fine: onceEach((frequencies) => this.fineNeighbourhood(item, frequencies)),
    };
  }

  otherView(item: number, isMirrored: boolean): OtherView {
    const pattern = this.material.patterns.vectors.subarray(item * patternLength, (item + 1) * patternLength);
    return { item, isMirrored, pattern: isMirrored ? mirrorPattern(pattern) : pattern };
  }

  /** False where it takes little to see that they are not one. `side`: the smallest of both. */
  couldBeOne({ item, coarse }: SketchView, other: OtherView, side: number): boolean {
    const [own, others] = [this.tones[item], this.tones[other.item]];
    if (!own || !others || !haveLikeTones(own, others)) return false;
    if (unexplainedShare(coarse, other.pattern, 1) > this.coarseLimit(coarse, other.item, side)) return false;
    return haveLikeColors(this.sketchOf(item), this.sketchOf(other.item), other.isMirrored);
  }

  /** Whether each is what the other would look like near it, for two that could be. */
  areOne({ coarse, ...view }: SketchView, { item: other, isMirrored }: OtherView, side: number): boolean {
    const turned = (vector: Float32Array) => (isMirrored ? mirrorPattern(vector) : vector);
    const frequencies = fineFrequencies(side);
    const own = view.fine(frequencies);
    const others = this.fineOf(other, frequencies);
    const fineLimit = mostUnexplained(Math.min(own.squares, others.squares), 'fine', side);
    if (unexplainedShare(own, turned(others.own), others.squares) > fineLimit) return false;
    const back = neighbourhoodOf(this.coarseSpectrum(other));
    const seen = turned(Float32Array.from(coarse.own));
    if (unexplainedShare(back, seen, coarse.squares) > this.coarseLimit(coarse, other, side)) return false;
    const fineBack = this.fineNeighbourhood(other, frequencies);
    return unexplainedShare(fineBack, turned(Float32Array.from(own.own)), own.squares) <= fineLimit;
  }

  private coarseLimit({ squares }: Neighbourhood, other: number, side: number): number {
    return mostUnexplained(Math.min(squares, (this.material.patterns.lengths[other] ?? 0) ** 2), 'coarse', side);
  }

  private sketchOf(item: number): Uint8Array {
    return this.material.sketches.subarray(item * sketchLength, (item + 1) * sketchLength);
  }

  private coarseSpectrum(item: number): Spectrum {
    return spectrumOf(halvedPlane(this.sketchOf(item)), patternSide, patternFrequencies);
  }

  private fineNeighbourhood(item: number, frequencies: number): Neighbourhood {
    return neighbourhoodOf(spectrumOf(this.sketchOf(item), sketchSide, frequencies));
  }

  private fineOf(item: number, frequencies: number): FineFrequencies {
    const key = item * 64 + frequencies;
    const known = this.fine.get(key);
    if (known) return known;
    if (this.fine.size >= mostKept) this.fine.clear();
    const own = Float32Array.from(lowFrequencies(this.sketchOf(item), sketchSide, frequencies));
    const made = { own, squares: own.reduce((sum, value) => sum + value * value, 0) };
    this.fine.set(key, made);
    return made;
  }
}

interface FineFrequencies {
  readonly own: Float32Array;
  readonly squares: number;
}

/** Low frequencies, of a kilobyte each. */
const mostKept = 100_000;
