/**
 * An error that the user can do something about: says what happened and what to do.
 * Anything else that is thrown is a bug of ours: its stack goes to the log.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** What the user can do about it, one sentence; shown after the message. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** The message with its remedy, as it is shown to a person. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.remedy ? `${error.message} ${error.remedy}` : error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Ends a switch over a union: a member that is forgotten no longer compiles. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
