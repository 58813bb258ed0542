import type { FunctionExpression } from '../syntax/javascript-syntax';
import { namesIn } from './hoist';
import { changesIn } from './names-changed';

export interface CapturedChanges {
  /** Variables of the code around that it may assign or change. */
  readonly names: ReadonlySet<string>;
  /** It may change what its object holds: `this.layers.push(…)`. */
  readonly ownObject: boolean;
}

const known = new WeakMap<FunctionExpression, CapturedChanges>();

/** What a function may change outside of itself when it is called, functions that it calls left aside. */
export function capturedChanges(node: FunctionExpression): CapturedChanges {
  const remembered = known.get(node);
  if (remembered) return remembered;
  const { changed, declared, ownObject } = changesIn(node);
  for (const { target } of node.parameters) for (const name of namesIn(target)) declared.add(name);
  const made = { names: new Set([...changed].filter((name) => !declared.has(name))), ownObject };
  known.set(node, made);
  return made;
}
