import { PhiloxStream } from '../../src/core/rng/philox';
import type { CaseValues, CompiledCase } from './op-case';
import { elementCount } from './run-op';

/** Normal numbers of the right lengths for a case that was never recorded. */
export function randomValues(compiled: CompiledCase, x: readonly number[]): CaseValues {
  const { nodes } = compiled.computation.graph;
  const shapes = new Map<string, readonly (number | string)[]>([
    ['x0', x],
    // The network keeps the shape.
    ['weights', x],
    ...[...compiled.state].map(([name, id]) => [`state/${name}`, nodes[id]?.type.shape ?? []] as const),
  ]);
  return (name) => {
    const random = new PhiloxStream(8, 200, name.length);
    return Float32Array.from({ length: elementCount((shapes.get(name) ?? []).map(Number)) }, () => random.nextNormal());
  };
}
