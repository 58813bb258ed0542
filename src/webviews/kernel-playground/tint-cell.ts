/** Gives a cell the colour of its value, and its text what can be read on it. */
export function tintCell(
  cell: HTMLElement,
  [red, green, blue]: readonly [red: number, green: number, blue: number],
): void {
  cell.style.backgroundColor = `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;
  cell.style.color = luminance(red, green, blue) > 0.179 ? '#000000' : '#ffffff';
}

/** Relative, 0 to 1, by WCAG 2.2; at 0.179 black and white stand out alike. */
function luminance(red: number, green: number, blue: number): number {
  const linear = (byte: number) => (byte <= 10 ? byte / 3294 : (byte / 269 + 0.0513) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
