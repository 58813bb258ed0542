import { UserError } from '../errors';
import type { Graph } from '../graph/graph';
import { stateTensors } from '../rng/initialize';
import type { ParameterGroupsConfig } from './config';

/** Parameters that the optimiser treats alike. */
export interface ParameterGroup {
  readonly learningRateFactor: number;
  /** Whether weight decay is for them. */
  readonly decays: boolean;
}

export interface ParameterGrouping {
  readonly groups: readonly ParameterGroup[];
  /** Index of each parameter's group, by state_dict name. */
  readonly groupOf: ReadonlyMap<string, number>;
}

/** All parameters in one group. */
export const oneGroup: ParameterGrouping = {
  groups: [{ learningRateFactor: 1, decays: true }],
  groupOf: new Map(),
};

/** Sorts a model's parameters into groups, in the order of their first ones. Throws a UserError for a prefix that no parameter has. */
export function groupParameters(graph: Graph, config: ParameterGroupsConfig): ParameterGrouping {
  const groups: ParameterGroup[] = [];
  const groupOf = new Map<string, number>();
  const used = new Set<string>();
  for (const { name, kind, shape } of stateTensors(graph)) {
    if (kind !== 'parameter') continue;
    const fitting = config.learningRateFactors.filter(({ prefix }) => isPrefix(prefix, name));
    for (const { prefix } of fitting) used.add(prefix);
    const [longest] = [...fitting].sort((a, b) => b.prefix.length - a.prefix.length);
    const learningRateFactor = longest?.factor ?? 1;
    const decays = config.decayNorms || shape.length > 1;
    const known = groups.findIndex(
      (group) => group.learningRateFactor === learningRateFactor && group.decays === decays,
    );
    groupOf.set(name, known < 0 ? groups.length : known);
    if (known < 0) groups.push({ learningRateFactor, decays });
  }
  const unused = config.learningRateFactors.find(({ prefix }) => !used.has(prefix));
  if (unused) {
    const tops = [...new Set([...groupOf.keys()].map((name) => name.replace(/\..*/, '')))];
    throw new UserError(
      `No parameter's name begins with '${unused.prefix}', so its learning rate has no factor.`,
      `The names of this model begin with ${tops.slice(0, 12).join(', ')}${tops.length > 12 ? ', …' : ''}.`,
    );
  }
  return groups.length > 0 ? { groups, groupOf } : oneGroup;
}

function isPrefix(prefix: string, name: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`);
}
