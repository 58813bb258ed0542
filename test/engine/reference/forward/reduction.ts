import { at, data, reducedGroups, sizeAt, type Forward } from '../tensor64';

interface ReduceAttributes {
  readonly dims: readonly number[];
}

/** What makes one number of all values along some dimensions. */
function reduction(compute: (values: readonly number[]) => number): Forward {
  return ([x], { dims }: ReduceAttributes) =>
    Float64Array.from(reducedGroups(x, dims), (group) => compute(group.map((i) => at(data(x), i))));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

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
  product_sum: ([a, b], { dims }: ReduceAttributes) =>
    Float64Array.from(reducedGroups(a, dims), (group) => sum(group.map((i) => at(data(a), i) * at(data(b), i)))),
};
