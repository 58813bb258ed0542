import type { SessionDevice } from './webgpu-session';

/** Numbers of GPUBufferUsage, which is no global in Node.js. */
const resolveUsage = 4 | 512; // COPY_SRC | QUERY_RESOLVE

/**
 * Runs every step as a pass of its own and gives its time in milliseconds: by the device's clock where it has one for that,
 * else by ours, each step waited for. `stepEnds`: dispatches up to each step's end.
 */
export async function profileProgram(
  { device, commands }: SessionDevice,
  stepEnds: readonly number[],
  encode: (pass: GPUComputePassEncoder, from: number, to: number) => void,
): Promise<Float64Array> {
  const milliseconds = new Float64Array(stepEnds.length);
  if (!device.gpu.features.has('timestamp-query')) {
    await commands.drain();
    for (const [step, end] of stepEnds.entries()) {
      const startedAtMs = performance.now();
      const from = stepEnds[step - 1] ?? 0;
      commands.compute(end - from, (pass) => encode(pass, from, end));
      await commands.drain();
      milliseconds[step] = performance.now() - startedAtMs;
    }
    return milliseconds;
  }
  // A query set has at most 4096 queries.
  const stepsPerSet = 2048;
  for (let first = 0; first < stepEnds.length; first += stepsPerSet) {
    const count = Math.min(stepsPerSet, stepEnds.length - first);
    const querySet = device.gpu.createQuerySet({ type: 'timestamp', count: 2 * count });
    const resolved = await device.createBuffer(16 * count, resolveUsage, 'a profile');
    for (let index = 0; index < count; index++) {
      const step = first + index;
      const [from, end] = [stepEnds[step - 1] ?? 0, stepEnds[step] ?? 0];
      const timing = { querySet, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 };
      commands.compute(end - from, (pass) => encode(pass, from, end), timing);
    }
    commands.encode((encoder) => encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0));
    const times = new BigInt64Array(await commands.read({ buffer: resolved, offset: 0, byteLength: 16 * count }));
    for (let index = 0; index < count; index++) {
      milliseconds[first + index] = Number((times[2 * index + 1] ?? 0n) - (times[2 * index] ?? 0n)) / 1e6;
    }
    querySet.destroy();
    device.release(resolved);
  }
  return milliseconds;
}
