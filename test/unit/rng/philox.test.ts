import { describe, expect, test } from 'vitest';
import { philox4x32, PhiloxStream, type Uint32Pair, type Uint32Quad } from '../../../src/core/rng/philox';

/** Known answers for Philox4x32-10 that its authors publish with Random123 (tests/kat_vectors). */
const knownAnswers: readonly { counter: Uint32Quad; key: Uint32Pair; words: string }[] = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: '6627e8d5 e169c58d bc57ac4c 9b00dbd8' },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: '408f276d 41c83b0e a20bc7c6 6d5451fd',
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: 'd16cfe09 94fdcceb 5001e420 24126ea1',
  },
];

describe('Philox4x32-10', () => {
  test.each(knownAnswers)('gives $words', ({ counter, key, words }) => {
    expect(hex(philox4x32(counter, key))).toBe(words);
  });

  test('takes words as signed numbers too', () => {
    expect(hex(philox4x32([-1, -1, -1, -1], [-1, -1]))).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
  });

  test('agrees with the definition in big integers on counters of all kinds', () => {
    const stream = new PhiloxStream(123, 4);
    for (let i = 0; i < 500; i++) {
      const word = () => stream.nextUint32() >>> (i % 33 === 32 ? 0 : i % 33);
      const counter: Uint32Quad = [word(), word(), word(), word()];
      const key: Uint32Pair = [word(), word()];
      expect(philox4x32(counter, key)).toEqual(philoxInBigIntegers(counter, key));
    }
  });
});

describe('a Philox stream', () => {
  test('is the words of the blocks 0, 1, 2, … under its seed, stream and substream', () => {
    const stream = new PhiloxStream(7, 2, 9);
    const words = Array.from({ length: 12 }, () => stream.nextUint32());
    expect(words).toEqual([0, 1, 2].flatMap((block) => [...philox4x32([block, 0, 9, 0], [7, 2])]));
  });

  test('gives other numbers for another seed, stream or substream', () => {
    const first = (...key: readonly [number, number, number]) => new PhiloxStream(...key).nextUint32();
    expect(new Set([first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4)]).size).toBe(4);
  });

  test('draws uniform numbers in [0, 1) that fill every tenth alike', () => {
    const stream = new PhiloxStream(1, 1);
    const count = 100_000;
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < count; i++) {
      const value = stream.nextFloat();
      expect(value >= 0 && value < 1 && Math.fround(value) === value).toBe(true);
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // χ² with 9 degrees of freedom is above 33.7 once in 10,000 generators.
    expect(chiSquared(tenths, count / 10)).toBeLessThan(33.7);
  });

  test('draws whole numbers below a bound, each as likely', () => {
    const stream = new PhiloxStream(3, 1);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) {
      const value = stream.nextBelow(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(7);
    // 6 degrees of freedom, once in 10,000.
    expect(chiSquared(counts, 10_000)).toBeLessThan(27.9);
  });

  test('draws normal numbers: moments and tails', () => {
    const stream = new PhiloxStream(5, 1);
    const count = 200_000;
    const values = Array.from({ length: count }, () => stream.nextNormal());
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / count;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(6 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / count;
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });
});

function hex(words: Uint32Quad): string {
  return words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

/** The paper's definition, word for word, in integers that cannot overflow. */
function philoxInBigIntegers(counter: Uint32Quad, key: Uint32Pair): number[] {
  const word = 1n << 32n;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(product1 / word) ^ c1 ^ k0, product1 % word, (product0 / word) ^ c3 ^ k1, product0 % word];
    k0 = (k0 + 0x9e3779b9n) % word;
    k1 = (k1 + 0xbb67ae85n) % word;
  }
  return [c0, c1, c2, c3].map(Number);
}

function chiSquared(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
