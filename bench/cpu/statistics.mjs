/** Runs what gives its own time until so many seconds are over, `least` times at least. */
export async function timeFor(seconds, run, least = 2) {
  const times = [];
  for (const end = performance.now() + 1000 * seconds; performance.now() < end || times.length < least;) {
    times.push(await run());
  }
  return times;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
