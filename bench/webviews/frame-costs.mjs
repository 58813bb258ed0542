/** What Chromium is to record for `frameCosts`. */
export const traceCategories = [
  'toplevel',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
];

/**
 * What the frames of a panel cost, out of a trace of Chromium: for each frame, the milliseconds of its main thread until the next one (time
 * of the processor where it was recorded, so that what other processes do counts less), and for all of them by kind of work. `mark`: a
 * measure that only the panel makes, by which its thread is known.
 */
export function frameCosts(trace, mark) {
  const { traceEvents } = JSON.parse(trace.toString());
  const marked = traceEvents.find(({ name, cat }) => name === mark && cat?.includes('user_timing'));
  if (!marked) throw new Error(`The trace has no ${mark}.`);
  const own = traceEvents
    .filter(({ pid, tid, ph, dur }) => pid === marked.pid && tid === marked.tid && ph === 'X' && dur >= 0)
    .sort((a, b) => a.ts - b.ts);
  // A frame may call several functions, one right after the other.
  const starts = [];
  for (const { name, ts } of own) {
    if (name === 'FireAnimationFrame' && ts - (starts.at(-1) ?? -Infinity) > 8000) starts.push(ts);
  }
  const costs = starts.slice(1).map(() => 0);
  const kinds = new Map();
  let at = 0;
  let topEnd = 0;
  for (const event of own) {
    while (at + 1 < starts.length && event.ts >= starts[at + 1]) at++;
    if (event.ts < starts[0] || at + 1 >= starts.length) continue;
    const ms = (event.tdur ?? event.dur) / 1000;
    const kind = kindOf[event.name];
    if (kind) kinds.set(kind, (kinds.get(kind) ?? 0) + ms);
    // The outermost of what is nested.
    if (event.ts < topEnd) continue;
    topEnd = event.ts + event.dur;
    costs[at] += ms;
  }
  const perFrame = [...kinds].map(([kind, ms]) => [kind, ms / costs.length]).sort((a, b) => b[1] - a[1]);
  return { costs, perFrame: new Map(perFrame), measured: own.some(({ tdur }) => tdur !== undefined) };
}

const kindOf = {
  FireAnimationFrame: 'script of frames',
  HandlePostMessage: 'script of messages',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
  Commit: 'commit',
  MinorGC: 'collecting garbage',
  MajorGC: 'collecting garbage',
};
