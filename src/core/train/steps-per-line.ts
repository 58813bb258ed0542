/**
 * How many steps a line of the metrics stands for: about five lines a second on a usual CPU, at least one every 50
 * steps and four an epoch. Reckoned from the model's size, not from the clock, so that the same run writes the same
 * lines. `flopsPerImage`: of the forward pass.
 */
export function stepsPerLine(flopsPerImage: number, batchSize: number, stepsPerEpoch: number): number {
  // The backward pass costs about two forward passes.
  const secondsPerStep = (3 * flopsPerImage * batchSize) / usualFlopsPerSecond;
  const steady = Math.round(secondsPerLine / secondsPerStep);
  const most = Math.min(50, Math.ceil(stepsPerEpoch / 4));
  return Math.max(1, Math.min(most, steady));
}

const usualFlopsPerSecond = 2e10;
const secondsPerLine = 0.2;
