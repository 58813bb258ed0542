/**
 * Statements that take a number of an element apart into its indices along dimensions, the last one fastest: `names` are those
 * of variables (u32) that are made, `sizes` expressions of the dimensions' sizes (the first one is not needed).
 */
export function splitIndex(element: string, names: readonly string[], sizes: readonly string[]): string {
  const [first, ...others] = names;
  const lines = [`  var ${first}: u32 = ${element};`];
  for (let dim = others.length; dim > 0; dim--) {
    const [name, size] = [names[dim], sizes[dim]];
    lines.push(`  let ${name} = ${first} % ${size};`, `  ${first} /= ${size};`);
  }
  return lines.join('\n');
}
