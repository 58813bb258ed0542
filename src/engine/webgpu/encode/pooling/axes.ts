/** What the parameters of pools are called along each of the three axes of a volume. */
export const axes = ['d', 'h', 'w'] as const;

/** Parameters `<name>_d`, `<name>_h`, `<name>_w`. */
export function axisSizes(sizes: Readonly<Record<string, readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(sizes).flatMap(([name, values]) =>
      axes.map((axis, index) => [`${name}_${axis}`, values[index] ?? 1]),
    ),
  );
}
