/** What CNN Lab uses of the package, which has no types of its own. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  interface JPEGDecoder {
    /** Room for the file's bytes; earlier views end with it. */
    getEncodedBuffer(length: number): Uint8Array;
    /** Throws a number, which names an exception inside. */
    decode(): void;
    /** [height, width, 3], until the next decoding. */
    getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>;
    delete(): void;
  }

  interface LibjpegTurbo {
    readonly JPEGDecoder: new () => JPEGDecoder;
  }

  // eslint-disable-next-line no-restricted-syntax -- it is what the package has
  export default function create(options: {
    /** Makes an instance, gives it to `receive` with its module, and its exports back. */
    readonly instantiateWasm: (
      imports: object,
      receive: (instance: object, module: object) => void,
    ) => Readonly<Record<string, unknown>>;
    readonly print: (text: string) => void;
    readonly printErr: (text: string) => void;
  }): Promise<LibjpegTurbo>;
}
