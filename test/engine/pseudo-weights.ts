/**
 * Weights that Python (test/fixtures/torch/pseudo_weights.py, which says how they are made) and TypeScript draw alike.
 * `names`: of all the model's tensors.
 */
export function pseudoWeights(name: string, shape: readonly number[], names: ReadonlySet<string>): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const weights = new Float32Array(count);
  if (name.endsWith('running_mean')) return weights;
  if (name.endsWith('running_var')) return weights.fill(1);
  const mean = names.has(name.replace(/bias$/, 'running_mean')) ? 2 : 0;
  const seed = seedOf(name);
  const bound = Math.sqrt(6 / (count / (shape[0] ?? 1)));
  const place =
    shape.length > 1
      ? (number: number) => number * bound
      : name.endsWith('weight')
        ? (number: number) => 1 + number / 5
        : (number: number) => number / 10 + mean;
  for (let i = 0; i < count; i++) weights[i] = place((hash(seed + i) >>> 8) / 2 ** 23 - 1);
  return weights;
}

function seedOf(name: string): number {
  let seed = 2166136261;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 16777619) >>> 0;
  return seed;
}

function hash(value: number): number {
  let x = value >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}
