/** Most bytes that a data set may take up of a device's memory: 1 GiB, and not more than a quarter. */
export function dataBudget(memoryBytes: number): number {
  return Math.min(2 ** 30, Math.floor(memoryBytes / 4));
}
