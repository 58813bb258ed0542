import type { PhiloxStream } from '../rng/philox';

/** Fisher and Yates: every order as likely. In place. */
export function shuffle(values: Int32Array, stream: PhiloxStream): void {
  for (let last = values.length - 1; last > 0; last--) {
    const chosen = stream.nextBelow(last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[chosen] ?? 0;
    values[chosen] = kept;
  }
}
