import type { NodeId } from '../../src/core/graph/graph';
import { PhiloxStream } from '../../src/core/rng/philox';
import { lossTensor, seedWords, type CaseValues, type CompiledCase, type OpCase } from './op-case';
import { interpret } from './reference/interpret';

/** The loss as a function of the tensor `name` (`x` or a parameter), all others as recorded; in doubles. */
export interface LossFunction {
  (name: string, values: Float64Array): number;
  values(name: string): Float64Array;
}

export function lossInDoubles(testCase: OpCase, compiled: CompiledCase, caseValues: CaseValues): LossFunction {
  const { graph } = compiled.computation;
  const lastX = `x${testCase.steps - 1}`;
  const idOf = (name: string): NodeId => (name === 'x' ? compiled.x : (compiled.state.get(name) ?? -1));
  const values = (name: string) => Float64Array.from(caseValues(name === 'x' ? lastX : `state/${name}`));
  const sources = new Map<NodeId, Float64Array>([
    [compiled.x, values('x')],
    [compiled.lossInput, Float64Array.from(caseValues(lossTensor(testCase)))],
    ...(compiled.random === undefined ? [] : [[compiled.random, Float64Array.from(seedWords)] as const]),
    ...[...compiled.state].map(([name, id]) => [id, values(name)] as const),
  ]);
  const loss = (name: string, changed: Float64Array): number => {
    const [value] = interpret(graph, testCase.x[0] ?? 0, new Map([...sources, [idOf(name), changed]]), [compiled.loss]);
    return value?.[0] ?? NaN;
  };
  return Object.assign(loss, { values });
}

const maxElements = 12;

/**
 * How far a gradient is from central differences in doubles: in up to `maxElements` single elements, relative to the
 * gradient's largest element, and along random ±1 directions through all elements, relative to the root of the sum of squares,
 * the size that a sum with random signs has.
 */
export function gradientError(loss: LossFunction, name: string, gradient: Float32Array): number {
  const values = loss.values(name);
  if (gradient.length !== values.length) return NaN;
  const random = new PhiloxStream(17, 100);
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  let worst = 0;
  const compare = (direction: Float64Array, scale: number): void => {
    const step = 1e-5;
    const along = (distance: number) =>
      loss(
        name,
        values.map((value, i) => value + distance * (direction[i] ?? 0)),
      );
    const difference = (along(step) - along(-step)) / (2 * step);
    const expected = gradient.reduce((sum, value, i) => sum + value * (direction[i] ?? 0), 0);
    const error = Math.abs(difference - expected) / scale;
    worst = Number.isNaN(error) ? NaN : Math.max(worst, error);
  };
  for (let n = 0; n < Math.min(maxElements, values.length); n++) {
    const element = values.length <= maxElements ? n : random.nextBelow(values.length);
    compare(
      Float64Array.from(values, (_, i) => (i === element ? 1 : 0)),
      largest,
    );
  }
  for (let n = 0; n < 2; n++)
    compare(
      Float64Array.from(values, () => (random.nextBelow(2) ? 1 : -1)),
      length,
    );
  return worst;
}
