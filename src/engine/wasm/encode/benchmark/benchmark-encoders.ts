import type { Encoder } from '../encoder';
import { encodeFmaPeak } from './fma-peak';

/** What measures the machine; no model's plan has it. */
export const benchmarkEncoders: Readonly<Record<string, Encoder>> = {
  fma_peak: encodeFmaPeak,
};
