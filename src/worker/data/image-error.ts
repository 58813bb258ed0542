/** Why an image can't be used, in words that follow its name. */
export class ImageError extends Error {
  override readonly name = 'ImageError';

  /** `lasting`: the bytes are at fault, so that trying again is of no use until the file changes. */
  constructor(
    message: string,
    readonly lasting: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Of a file whose bytes can't be had. */
export function readFailure(cause: unknown): ImageError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new ImageError(code === 'ENOENT' ? 'the file, or what it links to, is not there' : message, false, { cause });
}
