/**
 * Random numbers for one sample, drawn from the words that name it ('digits', 'train', 17), so that every sample can be
 * made again by itself. Generator: sfc32 (C. Doty-Humphrey, PractRand), seeded by 32-bit FNV-1a hashes.
 */
export class SampleRandom {
  /** @param {...(string | number)} words */
  constructor(...words) {
    const text = words.join('/');
    this.state = [fnv1a(text, 1), fnv1a(text, 2), fnv1a(text, 3), 1];
    for (let i = 0; i < 16; i++) this.nextUint32();
  }

  nextUint32() {
    let [a, b, c, counter] = this.state;
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    this.state = [a, b, c, counter];
    return result >>> 0;
  }

  /** In [low, high). */
  uniform(low = 0, high = 1) {
    return low + (high - low) * (this.nextUint32() / 2 ** 32);
  }

  /** About normal, never beyond three deviations: the sum of twelve uniform numbers, cut. */
  normal(mean = 0, deviation = 1) {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return mean + deviation * Math.max(-3, Math.min(3, sum));
  }

  chance(probability) {
    return this.uniform() < probability;
  }

  /** @template T @param {readonly T[]} choices @returns {T} */
  choose(choices) {
    return choices[Math.floor(this.uniform(0, choices.length))];
  }
}

function fnv1a(text, salt) {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b9);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
