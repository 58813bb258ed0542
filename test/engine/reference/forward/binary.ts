import { at, broadcastIndices, count, data, sizeAt, type Forward, type Tensor64 } from '../tensor64';

const truth = (holds: boolean): number => (holds ? 1 : 0);
const floorMod = (a: number, b: number): number => a - b * Math.floor(a / b);
const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** Functions of two numbers by the names of their ops. */
const functions: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  floor_divide: (a, b) => Math.floor(a / b),
  truncate_divide: (a, b) => Math.trunc(a / b),
  remainder: floorMod,
  fmod: (a, b) => a % b,
  power: (a, b) => a ** b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  fmax: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b)),
  fmin: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b)),
  atan2: (a, b) => Math.atan2(a, b),
  hypot: (a, b) => Math.hypot(a, b),
  copysign: (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)),
  logaddexp: (a, b) => Math.log(Math.exp(a) + Math.exp(b)),
  logaddexp2: (a, b) => Math.log2(2 ** a + 2 ** b),
  xlogy: (a, b) => (a === 0 ? 0 : a * Math.log(b)),
  ldexp: (a, b) => a * 2 ** b,
  heaviside: (a, b) => (a === 0 ? b : truth(a > 0)),
  gcd,
  lcm: (a, b) => (a === 0 || b === 0 ? 0 : Math.abs(a * b) / gcd(a, b)),
  equal_to: (a, b) => truth(a === b),
  not_equal: (a, b) => truth(a !== b),
  less: (a, b) => truth(a < b),
  less_equal: (a, b) => truth(a <= b),
  greater: (a, b) => truth(a > b),
  greater_equal: (a, b) => truth(a >= b),
  is_close: (a, b) => truth(Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b)),
  bitwise_and: (a, b) => a & b,
  bitwise_or: (a, b) => a | b,
  bitwise_xor: (a, b) => a ^ b,
  left_shift: (a, b) => a << b,
  right_shift: (a, b) => a >> b,
};

export const binaryForwards: Readonly<Record<string, Forward>> = {
  ...Object.fromEntries(Object.entries(functions).map(([name, compute]) => [name, elementwise(compute)])),
  with_number: ([x], attrs: { function: string; number: number; numberFirst: boolean }) => {
    const compute = functionNamed(attrs.function);
    return data(x).map((value) => (attrs.numberFirst ? compute(attrs.number, value) : compute(value, attrs.number)));
  },
  where: ([condition, a, b], _attrs, shape) => {
    const [c, left, right] = [condition, a, b].map((tensor) => broadcastIndices(tensor, shape));
    return Float64Array.from({ length: count(shape) }, (_, i) =>
      at(data(condition), c?.[i] ?? -1) === 0 ? at(data(b), right?.[i] ?? -1) : at(data(a), left?.[i] ?? -1),
    );
  },
  cast: ([x], { dtype }: { dtype: string }) =>
    data(x).map((value) => (dtype === 'bool' ? truth(value !== 0) : dtype === 'f32' ? value : Math.trunc(value))),
  root: ([x], { p }: { p: number }) => data(x).map((value) => value ** (1 / p)),
  detach: ([x]) => data(x).slice(),
  matrix_product: matrixProduct,
};

function functionNamed(name: string): (a: number, b: number) => number {
  const compute = functions[name];
  if (!compute) throw new Error(`${name} has no forward reference`);
  return compute;
}

function elementwise(compute: (a: number, b: number) => number): Forward {
  return ([a, b], _attrs, shape) => {
    const [left, right] = [broadcastIndices(a, shape), broadcastIndices(b, shape)];
    return Float64Array.from(left, (index, i) => compute(at(data(a), index), at(data(b), right[i] ?? -1)));
  };
}

function matrixProduct(
  [a, b]: readonly Tensor64[],
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
  shape: readonly number[],
): Float64Array {
  const [m, n] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const k = sizeAt(a, (a?.shape.length ?? 0) - (transposeA ? 2 : 1));
  const batch = shape.slice(0, -2);
  const matrices = (x: Tensor64 | undefined) =>
    broadcastIndices({ shape: (x?.shape ?? []).slice(0, -2), data: new Float64Array() }, batch);
  const [ofA, ofB] = [matrices(a), matrices(b)];
  return Float64Array.from({ length: count(shape) }, (_, index) => {
    const [matrix, i, j] = [Math.floor(index / (m * n)), Math.floor(index / n) % m, index % n];
    const [startOfA, startOfB] = [(ofA[matrix] ?? 0) * m * k, (ofB[matrix] ?? 0) * k * n];
    let sum = 0;
    for (let l = 0; l < k; l++) {
      const left = at(data(a), startOfA + (transposeA ? l * m + i : i * k + l));
      sum += left * at(data(b), startOfB + (transposeB ? j * k + l : l * n + j));
    }
    return sum;
  });
}
