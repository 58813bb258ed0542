import { decisionsFileName } from './decisions';

/** Whether a file may be a table of labels, by its name. What was decided about images is kept in a table too, which is none. */
export function isTableFileName(fileName: string): boolean {
  return /\.(csv|tsv)$/i.test(fileName) && !fileName.endsWith(decisionsFileName);
}
