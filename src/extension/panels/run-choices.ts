import type { RunChoice } from '../../protocol/inspection-panel';
import type { RunLibrary } from '../runs/run-library';

/** The runs whose weights can be looked at, newest first. */
export async function runChoices(library: RunLibrary): Promise<readonly RunChoice[]> {
  return (await library.runs()).flatMap(({ folder, name, status, record }) =>
    record ? [{ runFolder: folder, name, status, epochsDone: record.epochsDone, data: record.data.path }] : [],
  );
}
