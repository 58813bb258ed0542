import { elementCount } from '../../../core/graph/dim';
import { philox4x32 } from '../../../core/rng/philox';
import type { OpCall } from '../tensor-op';
import type { Tensor } from '../tensorflow-module';

/** Element i of a distribution, given the uniform numbers. Formulas: those of the op `draw`. */
const distributions: Readonly<Record<string, (uniform: (k: number) => number, i: number) => number>> = {
  uniform: (uniform, i) => uniform(i),
  gumbel: (uniform, i) => -Math.log(-Math.log(uniform(i))),
  normal(uniform, i) {
    const first = i - (i % 2);
    const radius = Math.sqrt(-2 * Math.log(uniform(first)));
    const angle = 2 * Math.PI * uniform(first + 1);
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  },
};

/**
 * Numbers of the layer `key`, one for each element of the output. They are made on the host, by the generator that all
 * engines share: a run draws the same numbers on each.
 */
export function drawn(call: OpCall, random: number, distribution: string, key: number): Tensor {
  const make = distributions[distribution];
  if (!make) throw new Error(`There is no distribution '${distribution}'`);
  const words = wordsOf(call.hostWords(random), key, elementCount(call.shape) + 2);
  const uniform = (k: number): number => (((words[k] ?? 0) >>> 9) + 0.5) / 2 ** 23;
  const values = Float32Array.from({ length: elementCount(call.shape) }, (_, i) => make(uniform, i));
  return call.tf.tensor(values, call.shape, 'float32');
}

/** 1/(1 − p) for each of `count` draws that keeps its element, else 0. */
export function dropoutFactors(call: OpCall, random: number, p: number, key: number, count: number): Float32Array {
  const threshold = Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1);
  const words = wordsOf(call.hostWords(random), key, count);
  const factor = p < 1 ? 1 / (1 - p) : 0;
  return Float32Array.from({ length: count }, (_, i) => ((words[i] ?? 0) >= threshold ? factor : 0));
}

/** The first words of a layer's stream; `random`: seed and step, low words first. */
function wordsOf(random: ArrayLike<number>, key: number, count: number): Uint32Array {
  const [seedLow = 0, seedHigh = 0, stepLow = 0] = Array.from(random);
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  for (let block = 0; block < words.length / 4; block++) {
    words.set(philox4x32([block, 0, key, stepLow], [seedLow, seedHigh]), 4 * block);
  }
  return words;
}
