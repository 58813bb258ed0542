import { UserError } from '../errors';

/** What names are made of. */
export interface NamedLayer {
  readonly id: number;
  readonly path: string;
  readonly op: string;
}

/**
 * A name of its own for each layer, in their order: its module path; behind it the op, where it is computed in a module that
 * holds others or does several things (`layer1.0.add`); the op alone of what stands in no module. From the second of a name on
 * with its number, `pool#2`.
 */
export function layerNames(layers: readonly NamedLayer[]): readonly string[] {
  const opOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const { path, op } of layers) {
    if ((opOf.get(path) ?? op) !== op) shared.add(path);
    opOf.set(path, op);
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) shared.add(path.slice(0, end));
  }
  const counts = new Map<string, number>();
  return layers.map(({ path, op }) => {
    const base = path === '' ? op : shared.has(path) ? `${path}.${op}` : path;
    const number = (counts.get(base) ?? 0) + 1;
    counts.set(base, number);
    return number === 1 ? base : `${base}#${number}`;
  });
}

/**
 * The layer that a person names; the name of a module that holds others stands for the last of them.
 * @throws UserError with the names that are nearest to it.
 */
export function layerNamed<Layer extends NamedLayer>(layers: readonly Layer[], name: string): Layer {
  const names = layerNames(layers);
  const own = names.indexOf(name.replace(/#1$/, ''));
  const inside = layers.filter(({ path }) => path === name || path.startsWith(`${name}.`));
  const found = layers[own] ?? inside.at(-1);
  if (found) return found;
  const near = nearestNames(name, names);
  throw new UserError(
    `There is no layer '${name}'.`,
    near.length > 0 ? `Nearest: ${near.join(', ')}.` : 'The model has no layer that can be looked at.',
  );
}

/** At most `most`, the nearest first: those that hold the name (or are held by it) before those that differ from it by letters. */
export function nearestNames(name: string, names: readonly string[], most = 5): readonly string[] {
  const wanted = name.toLowerCase();
  const distance = (other: string): number => {
    const own = other.toLowerCase();
    const holds = wanted !== '' && (own.includes(wanted) || wanted.includes(own));
    return (holds ? 0 : 1000) + editDistance(wanted, own);
  };
  return names
    .map((each) => ({ each, apart: distance(each) }))
    .sort((a, b) => a.apart - b.apart)
    .slice(0, most)
    .map(({ each }) => each);
}

/** How many letters must be added, left out or exchanged. Source: Levenshtein, 1966; the usual table, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
