type Rgb = readonly [red: number, green: number, blue: number];

/** Gives a cell the colour of its value, and its text what can be read on it. */
export function tintCell(cell: HTMLElement, color: Rgb): void {
  cell.style.backgroundColor = `rgb(${color.map(Math.round).join(' ')})`;
  cell.style.color = textOn(color);
}

/** Black or white: what stands out more from a colour. At a luminance of 0.179 they do alike. */
export function textOn([red, green, blue]: Rgb): string {
  return luminance(red, green, blue) > 0.179 ? '#000000' : '#ffffff';
}

/** Relative, 0 to 1, by WCAG 2.2. */
function luminance(red: number, green: number, blue: number): number {
  const linear = (byte: number) => (byte <= 10 ? byte / 3294 : (byte / 269 + 0.0513) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
