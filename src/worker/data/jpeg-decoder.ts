import path from 'node:path';
import createLibjpegTurbo, { type JPEGDecoder } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { Image } from '../../core/data/image';
import { wasmApi, type WasmModule } from '../../engine/wasm/web-assembly';
import { compiledModule } from '../compiled-module';
import { type JpegHeader, readJpegHeader } from './jpeg-header';

/**
 * Decodes JPEGs by libjpeg-turbo in WebAssembly: to the bytes that sharp gives, which has the same library, but in a third of the
 * time, as nothing of libvips' pipelines is set up for each image. For one thread.
 */
export class JpegDecoder {
  private decoder: JPEGDecoder | undefined;
  private failures = 0;

  private constructor(private readonly library: JpegLibrary) {}

  static async create(library: JpegLibrary): Promise<JpegDecoder> {
    const decoder = new JpegDecoder(library);
    await decoder.renew();
    return decoder;
  }

  /**
   * The image, whose pixels stay until the next is decoded; undefined where the bytes are anything but an upright JPEG, grey or
   * in colour, with nothing wrong in it. Those are sharp's, which knows them all and says what is wrong.
   */
  decode(bytes: Uint8Array): Image | undefined {
    const header = readJpegHeader(bytes);
    const { decoder } = this;
    if (!decoder || !header || !isPlain(header)) return undefined;
    const { width, height, components } = header;
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
    } catch {
      this.leave();
      return undefined;
    }
    const { buffer, byteOffset, length } = decodedBuffer(decoder);
    const pixels = new Uint8Array(buffer, byteOffset, length);
    if (pixels.length !== 3 * width * height) return undefined;
    if (components === 3) return { width, height, channels: 3, pixels };
    const grey = new Uint8Array(width * height);
    for (let i = 0; i < grey.length; i++) grey[i] = pixels[3 * i] ?? 0;
    return { width, height, channels: 1, pixels: grey };
  }

  /** What an exception leaves behind in its memory is never freed: after some, there is a new one. */
  private leave(): void {
    if (++this.failures % failuresOfOne !== 0) return;
    this.decoder = undefined;
    // Without one, images are sharp's.
    this.renew().catch(() => undefined);
  }

  private async renew(): Promise<void> {
    const silent = (): void => undefined;
    const { JPEGDecoder } = await createLibjpegTurbo({
      instantiateWasm: (imports, receive) => {
        const instance = new wasmApi.Instance(this.library, imports);
        receive(instance, this.library);
        return instance.exports;
      },
      print: silent,
      printErr: silent,
    });
    this.decoder = new JPEGDecoder();
  }
}

/** Compiled once for all threads: what one finds worth optimizing is optimized for all. */
export type JpegLibrary = WasmModule;

/** `assets`: folder of the built files. */
export function jpegLibrary(assets: string): JpegLibrary {
  return compiledModule(path.join(assets, 'wasm', 'libjpeg-turbo.wasm'));
}

/**
 * The decoded bytes where the library has them. It would copy them, by `new Uint8ClampedArray(view)`, into memory that is new for each
 * image: getting that from the system may take as long as decoding.
 */
function decodedBuffer(decoder: JPEGDecoder): Uint8Array | Uint8ClampedArray {
  const { Uint8ClampedArray: copying } = globalThis;
  Object.assign(globalThis, { Uint8ClampedArray: asItIs });
  try {
    return decoder.getDecodedBuffer();
  } finally {
    Object.assign(globalThis, { Uint8ClampedArray: copying });
  }
}

/** To be called as a constructor: what that returns is what `new` gives. */
function asItIs(view: Uint8Array): Uint8Array {
  return view;
}

function isPlain({ components, precision, isUsual, orientation, width, height }: JpegHeader): boolean {
  const isKnown = isUsual && precision === 8 && (components === 1 || components === 3);
  return isKnown && orientation <= 1 && width > 0 && height > 0 && width * height <= mostPixels;
}

/** WebAssembly keeps the memory that the largest has needed; a few bytes may claim any size. */
const mostPixels = 6000 * 5000;
const failuresOfOne = 50;
