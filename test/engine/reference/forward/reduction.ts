import { at, count, data, reducedGroups, sizeAt, type Forward } from '../tensor64';

interface ReduceAttributes {
  readonly dims: readonly number[];
}

/** What makes one number of all values along some dimensions. */
function reduction(compute: (values: readonly number[]) => number): Forward {
  return ([x], { dims }: ReduceAttributes) =>
    Float64Array.from(reducedGroups(x, dims), (group) => compute(group.map((i) => at(data(x), i))));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

interface ScanAttributes {
  readonly dim: number;
  readonly descending?: boolean;
  readonly k?: number;
  readonly largest?: boolean;
}

/** What makes a line of values, as long or shorter, of each line along one dimension. */
function scan(compute: (values: readonly number[], attrs: ScanAttributes) => readonly number[]): Forward {
  return ([x], attrs: ScanAttributes, shape) => {
    const result = new Float64Array(count(shape));
    const targets = reducedGroups({ shape, data: result }, [attrs.dim]);
    reducedGroups(x, [attrs.dim]).forEach((group, line) => {
      compute(
        group.map((i) => at(data(x), i)),
        attrs,
      ).forEach((value, i) => (result[targets[line]?.[i] ?? -1] = value));
    });
    return result;
  };
}

/** Places of values in ascending or descending order, of equal ones the first before the others. */
function placesInOrder(values: readonly number[], descending = false): readonly number[] {
  const compare = (a: number, b: number): number => (values[a] ?? 0) - (values[b] ?? 0);
  return values.map((_, i) => i).sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
}

/** Of the smallest of the most frequent values, the last place. */
function placeOfMode(values: readonly number[]): number {
  const times = (value: number): number => values.filter((other) => other === value).length;
  const most = Math.max(...values.map(times));
  return values.lastIndexOf(Math.min(...values.filter((value) => times(value) === most)));
}

export const reductionForwards: Readonly<Record<string, Forward>> = {
  count_correct: ([logits, targets]) => {
    const classes = sizeAt(logits, 1);
    const right = [...data(targets)].filter((target, n) => {
      const row = data(logits).slice(n * classes, (n + 1) * classes);
      return row.indexOf(Math.max(...row)) === target;
    });
    return Float64Array.of(right.length);
  },
  sum: reduction(sum),
  mean: reduction((values) => sum(values) / values.length),
  prod: reduction((values) => values.reduce((product, value) => product * value, 1)),
  amax: reduction((values) => Math.max(...values)),
  amin: reduction((values) => Math.min(...values)),
  argmax: reduction((values) => values.indexOf(Math.max(...values))),
  argmin: reduction((values) => values.indexOf(Math.min(...values))),
  logsumexp: reduction((values) => Math.log(sum(values.map((value) => Math.exp(value))))),
  argmedian: reduction((values) => placesInOrder(values)[(values.length - 1) >> 1] ?? -1),
  argmode: reduction(placeOfMode),
  argkthvalue: ([x], { dims, k }: ReduceAttributes & { k: number }) =>
    reduction((values) => placesInOrder(values)[k - 1] ?? -1)(x ? [x] : [], { dims } as never, []),
  cumsum: scan((values) => values.map((_, i) => sum(values.slice(0, i + 1)))),
  cumprod: scan((values) => values.map((_, i) => values.slice(0, i + 1).reduce((a, b) => a * b, 1))),
  logcumsumexp: scan((values) => values.map((_, i) => Math.log(sum(values.slice(0, i + 1).map(Math.exp))))),
  argcummax: scan((values) => values.map((_, i) => values.lastIndexOf(Math.max(...values.slice(0, i + 1)), i))),
  argcummin: scan((values) => values.map((_, i) => values.lastIndexOf(Math.min(...values.slice(0, i + 1)), i))),
  argsort: scan((values, { descending = false }) => placesInOrder(values, descending)),
  argtopk: scan((values, { k = values.length, largest = true }) => placesInOrder(values, largest).slice(0, k)),
  product_sum: ([a, b], { dims }: ReduceAttributes) =>
    Float64Array.from(reducedGroups(a, dims), (group) => sum(group.map((i) => at(data(a), i) * at(data(b), i)))),
};
