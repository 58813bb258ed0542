/**
 * Calls `work` for every index below `count`, at most `limit` at a time, in order of their start. The first error, or
 * the signal, ends it: nothing more is started, and the promise rejects when what was begun has ended.
 */
export async function mapParallel(
  count: number,
  limit: number,
  work: (index: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < count && !failed) {
      signal?.throwIfAborted();
      try {
        await work(next++);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, count) }, lane));
  const rejected = lanes.find((each) => each.status === 'rejected');
  if (rejected) throw rejected.reason;
}
