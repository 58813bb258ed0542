/**
 * Those of a run's epochs, ascending, whose weights are kept where there is room for `most`: the first, the last, and between
 * them every 1st, 2nd, 4th … as it is needed. It depends on nothing but the last epoch and the room, so that a run that was
 * interrupted keeps what an unbroken one does.
 */
export function thinEpochs(epochs: readonly number[], most: number): readonly number[] {
  const [first] = epochs;
  const last = epochs.at(-1);
  if (first === undefined || last === undefined || most < 1) return [];
  if (most === 1) return [last];
  const spacing = spacingFor(last - first, most);
  return epochs.filter((epoch) => (epoch - first) % spacing === 0 || epoch === last);
}

/** The smallest power of two of which 0 to `span` has at most `most` multiples, the span's own end counted with them. */
function spacingFor(span: number, most: number): number {
  let spacing = 1;
  while (Math.ceil(span / spacing) + 1 > most) spacing *= 2;
  return spacing;
}
