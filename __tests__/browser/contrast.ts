import type { Page } from 'playwright-core';

export interface Contrast {
  readonly text: string;
  /** By WCAG 2: 1 is none, 21 the most; 4.5 is what normal text needs. */
  readonly ratio: number;
}

/**
 * How well the texts that match a selector stand out from what lies behind them.
 *
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function contrastsIn(page: Page, selector: string): Promise<Contrast[]> {
  return page.evaluate((texts) => {
    type Colour = [red: number, green: number, blue: number, alpha: number];
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;

    // Whatever notation a colour is in, the browser itself says what it is.
    const colourOf = (css: string): Colour => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha / 255];
    };
    const over = ([r, g, b, a]: Colour, [x, y, z]: Colour): Colour => [
      r * a + x * (1 - a),
      g * a + y * (1 - a),
      b * a + z * (1 - a),
      1,
    ];
    const behind = (element: Element | null): Colour => {
      if (element === null) return [255, 255, 255, 1];
      const own = colourOf(getComputedStyle(element).backgroundColor);
      return own[3] === 1 ? own : over(own, behind(element.parentElement));
    };
    const luminance = ([red, green, blue]: Colour): number => {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) =>
        part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };

    return [...document.querySelectorAll(texts)]
      .filter((element) => element.textContent.trim() !== '' && element.checkVisibility())
      .map((element) => {
        const style = getComputedStyle(element);
        const background = behind(element);
        const ink = colourOf(element instanceof SVGElement ? style.fill : style.color);
        const [lighter = 0, darker = 0] = [
          luminance(over(ink, background)),
          luminance(background),
        ].sort((a, b) => b - a);
        return {
          text: element.textContent.trim().slice(0, 60),
          ratio: (lighter + 0.05) / (darker + 0.05),
        };
      });
  }, selector);
}
