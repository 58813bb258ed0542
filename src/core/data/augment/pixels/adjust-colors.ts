import { convertChannels, type Image } from '../../image';

/**
 * `from` and another byte mixed: from + factor · (to − from), beyond either for factors outside of [0, 1]. In float32 and cut to whole
 * numbers, as Pillow's `Image.blend`, whose bytes these are. `shares`: those of every difference (`sharesOf`).
 */
function blendByte(from: number, to: number, shares: Float32Array): number {
  const value = Math.fround(from + (shares[255 + to - from] ?? 0));
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}

/** [511]: factor · difference, for −255 to 255. */
function sharesOf(factor: number): Float32Array {
  const shares = new Float32Array(511);
  const single = Math.fround(factor);
  for (let difference = -255; difference <= 255; difference++) shares[255 + difference] = single * difference;
  return shares;
}

/** Every byte replaced by what stands for it: [channels, 256], or [256] for all channels alike. */
export function mapBytes({ pixels, ...size }: Image, table: Uint8Array): Image {
  const out = new Uint8Array(pixels.length);
  if (table.length === 256) {
    for (let i = 0; i < pixels.length; i++) out[i] = table[pixels[i] ?? 0] ?? 0;
  } else {
    for (let i = 0; i < pixels.length; i += 3) {
      out[i] = table[pixels[i] ?? 0] ?? 0;
      out[i + 1] = table[256 + (pixels[i + 1] ?? 0)] ?? 0;
      out[i + 2] = table[512 + (pixels[i + 2] ?? 0)] ?? 0;
    }
  }
  return { ...size, pixels: out };
}

function blendTable(from: number, factor: number): Uint8Array {
  const shares = sharesOf(factor);
  return tableOf((byte) => blendByte(from, byte, shares));
}

/** [256] */
function tableOf(value: (byte: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) table[byte] = value(byte);
  return table;
}

/** 0: black; 1: as it is. torchvision's `adjust_brightness` of PIL images. */
export function adjustBrightness(image: Image, factor: number): Image {
  return factor === 1 ? image : mapBytes(image, blendTable(0, factor));
}

/** 0: the mean grey; 1: as it is. `adjust_contrast`. */
export function adjustContrast(image: Image, factor: number): Image {
  if (factor === 1) return image;
  const { pixels } = convertChannels(image, 1);
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i] ?? 0;
  return mapBytes(image, blendTable(Math.trunc(sum / pixels.length + 0.5), factor));
}

/** 0: grey; 1: as it is. `adjust_saturation`; grey images stay as they are. */
export function adjustSaturation(image: Image, factor: number): Image {
  if (image.channels === 1 || factor === 1) return image;
  const grey = convertChannels(image, 1).pixels;
  const { pixels } = image;
  const out = new Uint8Array(pixels.length);
  const shares = sharesOf(factor);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    const level = grey[i] ?? 0;
    out[at] = blendByte(level, pixels[at] ?? 0, shares);
    out[at + 1] = blendByte(level, pixels[at + 1] ?? 0, shares);
    out[at + 2] = blendByte(level, pixels[at + 2] ?? 0, shares);
  }
  return { ...image, pixels: out };
}

/** 0: smoothed; 1: as it is; 2: sharpened. `adjust_sharpness`: the pixels at the edge are not smoothed. */
export function adjustSharpness(image: Image, factor: number): Image {
  if (factor === 1) return image;
  const { width, height, channels, pixels } = image;
  const out = pixels.slice();
  const row = width * channels;
  const shares = sharesOf(factor);
  // Of three bytes above each other: each is part of three sums.
  const columns = new Int32Array(row);
  for (let y = 1; y < height - 1; y++) {
    const from = y * row;
    for (let x = 0; x < row; x++) {
      const at = from + x;
      columns[x] = (pixels[at - row] ?? 0) + (pixels[at] ?? 0) + (pixels[at + row] ?? 0);
    }
    for (let x = channels; x < row - channels; x++) {
      const own = pixels[from + x] ?? 0;
      const sum = (columns[x - channels] ?? 0) + (columns[x] ?? 0) + (columns[x + channels] ?? 0) + 4 * own;
      // A thirteenth of the sum, rounded: never a tie, so that Pillow's single precision can't round it otherwise.
      out[from + x] = blendByte(((2 * sum + 13) / 26) | 0, own, shares);
    }
  }
  return { ...image, pixels: out };
}

/** All channels replaced by the grey value. */
export function toGrey(image: Image): Image {
  return image.channels === 1 ? image : convertChannels(convertChannels(image, 1), 3);
}

/** 255 − byte. `invert`. */
export function invertColors(image: Image): Image {
  return mapBytes(
    image,
    tableOf((byte) => 255 - byte),
  );
}

/** Keeps the `bits` highest bits of each byte. `posterize`. */
export function posterize(image: Image, bits: number): Image {
  const mask = ~(2 ** (8 - bits) - 1);
  return mapBytes(
    image,
    tableOf((byte) => byte & mask),
  );
}

/** Inverts bytes from the threshold on. `solarize`. */
export function solarize(image: Image, threshold: number): Image {
  return mapBytes(
    image,
    tableOf((byte) => (byte < threshold ? byte : 255 - byte)),
  );
}

/** Spreads each channel's bytes over 0 to 255. `autocontrast`. */
export function autoContrast(image: Image): Image {
  const table = new Uint8Array(256 * image.channels);
  histograms(image).forEach((histogram, channel) => {
    const low = histogram.findIndex((count) => count > 0);
    const high =
      255 -
      Int32Array.from(histogram)
        .reverse()
        .findIndex((count) => count > 0);
    const scale = 255 / (high - low);
    const offset = -low * scale;
    for (let byte = 0; byte < 256; byte++) {
      const spread = high <= low ? byte : Math.trunc(byte * scale + offset);
      table[256 * channel + byte] = Math.max(0, Math.min(255, spread));
    }
  });
  return mapBytes(image, table);
}

/** Makes all bytes of a channel about as frequent. `equalize`. */
export function equalize(image: Image): Image {
  const table = new Uint8Array(256 * image.channels);
  histograms(image).forEach((histogram, channel) => {
    const used = histogram.filter((count) => count > 0);
    const total = image.width * image.height;
    const step = used.length < 2 ? 0 : Math.floor((total - (used.at(-1) ?? 0)) / 255);
    let seen = Math.floor(step / 2);
    for (let byte = 0; byte < 256; byte++) {
      table[256 * channel + byte] = step === 0 ? byte : Math.min(255, Math.floor(seen / step));
      seen += histogram[byte] ?? 0;
    }
  });
  return mapBytes(image, table);
}

/** For each channel how often each byte occurs. */
function histograms({ channels, pixels }: Image): Int32Array[] {
  const counts = Array.from({ length: channels }, () => new Int32Array(256));
  const [first, second, third] = counts;
  if (!first || !second || !third) {
    if (first) for (let i = 0; i < pixels.length; i++) count(first, pixels[i] ?? 0);
    return counts;
  }
  for (let i = 0; i < pixels.length; i += 3) {
    count(first, pixels[i] ?? 0);
    count(second, pixels[i + 1] ?? 0);
    count(third, pixels[i + 2] ?? 0);
  }
  return counts;
}

function count(histogram: Int32Array, byte: number): void {
  histogram[byte] = (histogram[byte] ?? 0) + 1;
}
