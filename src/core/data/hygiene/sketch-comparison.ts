import {
  fineFrequencies,
  haveLikeColors,
  haveLikeTones,
  mirrorNeighbourhood,
  mostUnexplained,
  neighbourhoodOf,
  toneOf,
  unexplainedShare,
  type Neighbourhood,
  type Tone,
} from './compare-sketches';
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

/** An image that others are compared with, as it is or mirrored. */
export interface SketchView {
  readonly item: number;
  readonly isMirrored: boolean;
  /** The smaller, in pixels. */
  readonly side: number;
  readonly pattern: Float32Array;
  /** Its pattern when it is moved by so much, in eight directions and not at all. */
  moved(reach: number): readonly Float32Array[];
  readonly coarse: Neighbourhood;
  /** In so many frequencies. */
  fine(frequencies: number): Neighbourhood;
}

/** Compares sketches closely, the quickest tests first, so that most candidates cost little. */
export class SketchComparison {
  private readonly tones: readonly Tone[];
  /** Low frequencies of sketches, by image and number of frequencies. */
  private readonly fine = new Map<number, Float32Array>();

  constructor(private readonly material: NearSearchMaterial) {
    this.tones = Array.from({ length: material.sides.length }, (_, item) => toneOf(this.sketchOf(item)));
  }

  /** As it is, and mirrored. What is made of it is made when it is first wanted. */
  viewsOf(item: number): readonly SketchView[] {
    const spectrum = once(() => this.coarseSpectrum(item));
    const coarse = once(() => neighbourhoodOf(spectrum()));
    const pattern = this.patternOf(item);
    const moved = onceEach((reach) => (reach === 0 ? [pattern] : movedPatterns(spectrum(), reach)));
    const fine = onceEach((frequencies) => this.fineNeighbourhood(item, frequencies));
    const side = this.material.sides[item] ?? 0;
    const mirrored = {
      coarse: once(() => mirrorNeighbourhood(coarse())),
      moved: onceEach((reach) => moved(reach).map(mirrorPattern)),
      fine: onceEach((frequencies) => mirrorNeighbourhood(fine(frequencies))),
    };
    return [
      viewOf({ item, isMirrored: false, side, pattern, moved, fine }, coarse),
      viewOf(
        { item, isMirrored: true, side, pattern: mirrorPattern(pattern), moved: mirrored.moved, fine: mirrored.fine },
        mirrored.coarse,
      ),
    ];
  }

  /** False where it takes little to see that they are not one. `side`: the smallest of both. */
  couldBeOne({ item, isMirrored, coarse }: SketchView, other: number, side: number): boolean {
    const [own, others] = [this.tones[item], this.tones[other]];
    if (!own || !others || !haveLikeTones(own, others)) return false;
    if (unexplainedShare(coarse, this.patternOf(other), 1) > this.coarseLimit(coarse, other, side)) return false;
    return haveLikeColors(this.sketchOf(item), this.sketchOf(other), isMirrored);
  }

  /** Whether each is what the other would look like near it, for two that could be. */
  areOne(view: SketchView, other: number, side: number): boolean {
    const frequencies = fineFrequencies(side);
    const own = view.fine(frequencies);
    const others = this.fineOf(other, frequencies);
    const squares = others.reduce((sum, value) => sum + value * value, 0);
    const fineLimit = mostUnexplained(Math.min(own.squares, squares), 'fine', side);
    if (unexplainedShare(own, others, squares) > fineLimit) return false;
    const { coarse } = view;
    const back = neighbourhoodOf(this.coarseSpectrum(other));
    if (unexplainedShare(back, coarse.own, coarse.squares) > this.coarseLimit(coarse, other, side)) return false;
    return unexplainedShare(this.fineNeighbourhood(other, frequencies), own.own, own.squares) <= fineLimit;
  }

  private coarseLimit({ squares }: Neighbourhood, other: number, side: number): number {
    return mostUnexplained(Math.min(squares, (this.material.patterns.lengths[other] ?? 0) ** 2), 'coarse', side);
  }

  private sketchOf(item: number): Uint8Array {
    return this.material.sketches.subarray(item * sketchLength, (item + 1) * sketchLength);
  }

  private patternOf(item: number): Float32Array {
    return this.material.patterns.vectors.subarray(item * patternLength, (item + 1) * patternLength);
  }

  private coarseSpectrum(item: number): Spectrum {
    return spectrumOf(halvedPlane(this.sketchOf(item)), patternSide, patternFrequencies);
  }

  private fineNeighbourhood(item: number, frequencies: number): Neighbourhood {
    return neighbourhoodOf(spectrumOf(this.sketchOf(item), sketchSide, frequencies));
  }

  private fineOf(item: number, frequencies: number): Float32Array {
    const key = item * 64 + frequencies;
    const known = this.fine.get(key);
    if (known) return known;
    if (this.fine.size >= mostKept) this.fine.clear();
    const made = Float32Array.from(lowFrequencies(this.sketchOf(item), sketchSide, frequencies));
    this.fine.set(key, made);
    return made;
  }
}

function viewOf(parts: Omit<SketchView, 'coarse'>, coarse: () => Neighbourhood): SketchView {
  return {
    ...parts,
    get coarse() {
      return coarse();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function onceEach<T>(make: (key: number) => T): (key: number) => T {
  const made = new Map<number, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

/** Low frequencies, of a kilobyte each. */
const mostKept = 100_000;
