import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError, UserError } from '../core/errors';

/** Writes a file that the user asked for, in a folder that is made where it is missing. @throws UserError where that can't be done. */
export async function writeResult(file: string, contents: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  } catch (cause) {
    throw new UserError(`${file} can't be written: ${describeError(cause)}.`, 'Give another place for it.', { cause });
  }
}
