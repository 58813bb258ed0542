/** Which epoch was best so far, by validation loss; plain data, kept in checkpoints. */
export interface BestEpoch {
  /** 1-based; null before the first epoch. */
  readonly epoch: number | null;
  /** Infinity before the first epoch, and where no epoch's loss was a number. */
  readonly valLoss: number;
  readonly valAccuracy: number | null;
}

export const noBestEpoch: BestEpoch = { epoch: null, valLoss: Number.POSITIVE_INFINITY, valAccuracy: null };

/** The first epoch is always the best so far, so that there is a best checkpoint from then on. A tie keeps the earlier. */
export function betterOf(
  best: BestEpoch,
  candidate: { epoch: number; valLoss: number; valAccuracy: number },
): BestEpoch {
  const valLoss = Number.isNaN(candidate.valLoss) ? Number.POSITIVE_INFINITY : candidate.valLoss;
  if (best.epoch !== null && !(valLoss < best.valLoss)) return best;
  return { epoch: candidate.epoch, valLoss, valAccuracy: candidate.valAccuracy };
}

/** True when `patience` epochs have passed without a better one. */
export function shouldStopEarly(best: BestEpoch, epochsDone: number, patience: number | null): boolean {
  return patience !== null && best.epoch !== null && epochsDone - best.epoch >= patience;
}
