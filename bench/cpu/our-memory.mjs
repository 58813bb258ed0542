// Peak resident memory of training a network here: `node bench/cpu/our-memory.mjs resnet18 32 2` prints {"peakMiB": …}.
import { readFileSync } from 'node:fs';
import { assets, loadEngine } from './load-engine.mjs';
import { networkNamed } from './networks.mjs';
import { OurNetwork } from './our-network.mjs';

const [name, batch, threads] = process.argv.slice(2);
const parts = await loadEngine();
const engine = await parts.createWasmEngine({ assets, threads: Number(threads) });
const network = await OurNetwork.open(parts, engine, networkNamed(name));
await network.prepareTraining(Number(batch));
await network.trainFor(0, 3);
console.log(JSON.stringify({ peakMiB: peakKiB() / 1024 }));
await engine.dispose();

/** Of this program: the kernel's other count includes what the process was before it became Node. */
function peakKiB() {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS; // No Linux.
  }
}
