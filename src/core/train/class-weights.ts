/**
 * Weights by which all classes count alike however many images they have: images / (classes · images of the class), so
 * that a batch's weights are 1 on average. Classes without images, and outputs beyond the classes, weigh 1.
 */
export function balancedClassWeights(labels: Iterable<number>, classes: number, outputs: number): Float32Array {
  const counts = new Float64Array(outputs);
  let images = 0;
  for (const label of labels) {
    counts[label] = (counts[label] ?? 0) + 1;
    images++;
  }
  return Float32Array.from(counts, (count) => (count === 0 ? 1 : images / (classes * count)));
}
