/** An image whose label is most likely wrong. */
export interface LabelSuspect {
  readonly index: number;
  readonly given: number;
  readonly suggested: number;
  /** Probabilities that the models that have not seen the image give to the two. */
  readonly givenProbability: number;
  readonly suggestedProbability: number;
}

export interface LabelScores {
  /** [count] 0 … classes − 1 */
  readonly labels: Int32Array;
  /** [count, classes] of models that have not been trained on the image. */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/**
 * Images whose labels are most likely wrong, by confident learning: an image counts as one of a class when its probability is at least
 * what images labelled so have on average; the counts, by given and by confident class, say how many labels are wrong in all. So many
 * are taken: those whose most probable class is furthest ahead of the given one, the surest first. (The paper takes them class by class;
 * over all classes, more were right in what was measured: bench/hygiene/planted.mjs.)
 *
 * Source: C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", Journal of
 * Artificial Intelligence Research 70 (2021), sections 3.1 and 3.2.
 */
export function findMislabels(scores: LabelScores): LabelSuspect[] {
  const { labels, classes } = scores;
  const counts = calibratedCounts(confidentJoint(scores), labels, classes);
  const wrong = Math.round(counts.reduce((sum, count, cell) => (cell % (classes + 1) === 0 ? sum : sum + count), 0));
  const suspects: LabelSuspect[] = [];
  labels.forEach((given, index) => {
    const suggested = mostProbable(scores, index);
    if (suggested === given) return;
    const givenProbability = probabilityOf(scores, index, given);
    const suggestedProbability = probabilityOf(scores, index, suggested);
    suspects.push({ index, given, suggested, givenProbability, suggestedProbability });
  });
  return suspects.sort((a, b) => marginOf(b) - marginOf(a) || a.index - b.index).slice(0, wrong);
}

/** How sure it is that the other label is right: the difference of the two probabilities. */
export function marginOf({ suggestedProbability, givenProbability }: LabelSuspect): number {
  return suggestedProbability - givenProbability;
}

/** Equation 2: what images labelled so have on average; infinite for a class without images. [classes] */
export function confidentThresholds({ labels, probabilities, classes }: LabelScores): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, index) => {
    sums[label] = (sums[label] ?? 0) + (probabilities[index * classes + label] ?? 0);
    counts[label] = (counts[label] ?? 0) + 1;
  });
  return sums.map((sum, label) => (counts[label] === 0 ? Infinity : sum / (counts[label] ?? 1)));
}

/** Equation 1: [classes, classes] counts of images by their given label and the class that they are confidently of. */
export function confidentJoint(scores: LabelScores): Float64Array {
  const { labels, probabilities, classes } = scores;
  const thresholds = confidentThresholds(scores);
  const counts = new Float64Array(classes * classes);
  labels.forEach((label, index) => {
    let confident = -1;
    let most = -Infinity;
    for (let other = 0; other < classes; other++) {
      const probability = probabilities[index * classes + other] ?? 0;
      if (probability < (thresholds[other] ?? Infinity) || probability <= most) continue;
      confident = other;
      most = probability;
    }
    if (confident < 0) return;
    const cell = label * classes + confident;
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  return counts;
}

/** Equation 3: the same shares, of all images of each label. What is confidently nothing leaves its label as it is. */
export function calibratedCounts(joint: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const totals = new Float64Array(classes);
  for (const label of labels) totals[label] = (totals[label] ?? 0) + 1;
  const out = new Float64Array(classes * classes);
  for (let given = 0; given < classes; given++) {
    const row = joint.subarray(given * classes, (given + 1) * classes);
    const sum = row.reduce((a, b) => a + b, 0);
    const total = totals[given] ?? 0;
    if (sum === 0) out[given * classes + given] = total;
    else row.forEach((count, other) => (out[given * classes + other] = (count / sum) * total));
  }
  return out;
}

function probabilityOf({ probabilities, classes }: LabelScores, index: number, label: number): number {
  return probabilities[index * classes + label] ?? 0;
}

function mostProbable({ probabilities, classes }: LabelScores, index: number): number {
  const row = probabilities.subarray(index * classes, (index + 1) * classes);
  return row.reduce((best, value, label) => (value > (row[best] ?? 0) ? label : best), 0);
}
