/** The bits of a float32 as an integer: how commands and constants carry it. */
export function floatWord(value: number): number {
  floatView[0] = value;
  return wordView[0] ?? 0;
}

const floatView = new Float32Array(1);
const wordView = new Int32Array(floatView.buffer);
