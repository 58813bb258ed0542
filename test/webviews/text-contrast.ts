import type { Page } from 'playwright-core';

export interface TextContrast {
  /** After WCAG 2.2, 1 to 21. */
  readonly ratio: number;
  readonly text: string;
}

/** The text on the page that stands out least from what is behind it. Disabled controls do not count (WCAG 1.4.3). */
export function leastTextContrast(page: Page): Promise<TextContrast> {
  return page.evaluate(() => {
    type Colour = { rgb: number[]; alpha: number };
    const parse = (text: string): Colour => {
      const numbers = (text.match(/[\d.]+/g) ?? []).map(Number);
      return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
    };
    const over = (top: Colour, below: number[]): number[] =>
      below.map((channel, index) => (top.rgb[index] ?? 0) * top.alpha + channel * (1 - top.alpha));
    const behind = (element: Element | null): number[] => {
      if (!element) return [255, 255, 255];
      const colour = parse(getComputedStyle(element).backgroundColor);
      return colour.alpha === 1 ? colour.rgb : over(colour, behind(element.parentElement));
    };
    const luminance = (rgb: number[]): number => {
      const [red = 0, green = 0, blue = 0] = rgb.map((channel) => {
        const value = channel / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    let least = { ratio: 21, text: '' };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (!element || text === '' || element.closest(':disabled, script, .visually-hidden')) continue;
      if (element.getClientRects().length === 0 || !element.checkVisibility({ visibilityProperty: true })) continue;
      const background = behind(element);
      const foreground = over(parse(getComputedStyle(element).color), background);
      const [low = 0, high = 0] = [luminance(foreground), luminance(background)].sort((a, b) => a - b);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < least.ratio) least = { ratio, text };
    }
    return least;
  });
}
