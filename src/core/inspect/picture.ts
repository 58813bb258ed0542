/** Pixels as an ImageData has them: RGBA bytes, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

export const white: Rgba = [255, 255, 255, 255];
export const ink: Rgba = [34, 34, 34, 255];

/** All of one colour; transparent where none is given. */
export function blankPicture(width: number, height: number, color?: Rgba): Picture {
  const picture = { width, height, pixels: new Uint8ClampedArray(4 * width * height) };
  if (color) fillBox(picture, 0, 0, width, height, color);
  return picture;
}

/** Of an image [C, H, W] of bytes, grey or RGB. */
export function pictureOfImage(planes: Uint8Array, [channels = 1, height = 1, width = 1]: readonly number[]): Picture {
  const picture = blankPicture(width, height);
  const plane = width * height;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      picture.pixels[4 * i + channel] = planes[(channels >= 3 ? channel : 0) * plane + i] ?? 0;
    }
    picture.pixels[4 * i + 3] = 255;
  }
  return picture;
}

/** Draws `picture` with its upper left corner at (left, top), every pixel as a square of `scale`; transparent ones are left out. */
export function drawPicture(onto: Picture, picture: Picture, left: number, top: number, scale = 1): void {
  const [from, to] = [wholePixels(picture), wholePixels(onto)];
  const [firstRow, endRow] = [Math.max(0, top), Math.min(onto.height, top + picture.height * scale)];
  const [firstColumn, endColumn] = [Math.max(0, left), Math.min(onto.width, left + picture.width * scale)];
  for (let row = firstRow; row < endRow; row++) {
    const fromRow = Math.floor((row - top) / scale) * picture.width;
    for (let column = firstColumn; column < endColumn; column++) {
      const pixel = from[fromRow + Math.floor((column - left) / scale)] ?? 0;
      if (pixel >>> 24 !== 0) to[row * onto.width + column] = pixel;
    }
  }
}

/** One number for each pixel; alpha is in the highest byte, machines being little-endian as WebAssembly is. */
function wholePixels({ pixels }: Picture): Uint32Array {
  return new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
}

export function enlarged(picture: Picture, scale: number): Picture {
  if (scale === 1) return picture;
  const large = blankPicture(picture.width * scale, picture.height * scale);
  drawPicture(large, picture, 0, 0, scale);
  return large;
}

/** What lies outside of the picture is left out. */
export function fillBox(
  picture: Picture,
  left: number,
  top: number,
  right: number,
  bottom: number,
  [red, green, blue, alpha]: Rgba,
): void {
  const { width, height } = picture;
  const pixels = wholePixels(picture);
  const color = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  const [from, to] = [Math.max(0, left), Math.min(width, right)];
  for (let y = Math.max(0, top); y < Math.min(height, bottom) && to > from; y++) {
    pixels.fill(color, y * width + from, y * width + to);
  }
}

/** A frame of that thickness inside of the box. */
export function outlineBox(
  picture: Picture,
  left: number,
  top: number,
  right: number,
  bottom: number,
  color: Rgba,
  thickness = 1,
): void {
  fillBox(picture, left, top, right, top + thickness, color);
  fillBox(picture, left, bottom - thickness, right, bottom, color);
  fillBox(picture, left, top, left + thickness, bottom, color);
  fillBox(picture, right - thickness, top, right, bottom, color);
}

/** One picture under the other, all flush left. */
export function stacked(pictures: readonly Picture[], gap: number, background: Rgba = white): Picture {
  const width = Math.max(0, ...pictures.map((each) => each.width));
  const height = pictures.reduce((sum, each) => sum + each.height, gap * Math.max(0, pictures.length - 1));
  const whole = blankPicture(width, height, background);
  let top = 0;
  for (const picture of pictures) {
    drawPicture(whole, picture, 0, top);
    top += picture.height + gap;
  }
  return whole;
}

/** Side by side, all flush with the top. */
export function sideBySide(pictures: readonly Picture[], gap: number, background: Rgba = white): Picture {
  const height = Math.max(0, ...pictures.map((each) => each.height));
  const width = pictures.reduce((sum, each) => sum + each.width, gap * Math.max(0, pictures.length - 1));
  const whole = blankPicture(width, height, background);
  let left = 0;
  for (const picture of pictures) {
    drawPicture(whole, picture, left, 0);
    left += picture.width + gap;
  }
  return whole;
}

export function withMargin(picture: Picture, margin: number, background: Rgba = white): Picture {
  const whole = blankPicture(picture.width + 2 * margin, picture.height + 2 * margin, background);
  drawPicture(whole, picture, margin, margin);
  return whole;
}
