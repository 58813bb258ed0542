import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { classCount } from '../networks.mjs';
import { root } from '../load-engine.mjs';

const python = process.env.CNN_LAB_PYTHON ?? '/usr/bin/python3';

export function hasPyTorch() {
  return spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
}

/** A network in a Python process of its own, which lives until dispose(). */
export class PyTorchNetwork {
  /** `script`: of the peer; `options`: what it is asked beside. */
  static async open({ target, input }, threads, { script = 'bench/cpu/peers/pytorch.py', ...options } = {}) {
    const child = spawn(python, [path.join(root, script)], {
      env: { ...process.env, OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const network = new PyTorchNetwork(child);
    network.info = await network.call('open', { target, input, threads, ...options });
    return network;
  }

  constructor(child) {
    this.child = child;
    this.ended = new Promise((resolve) => child.once('close', resolve));
    this.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Times of steps, in milliseconds. */
  async trainFor(batch, seconds, least = 2) {
    return (await this.call('train', { batch, seconds, least, classes: classCount })).times;
  }

  async inferFor(batch, seconds) {
    return (await this.call('infer', { batch, seconds })).times;
  }

  async cpuSeconds() {
    return (await this.call('cpu', {})).seconds;
  }

  async peakMiB() {
    return (await this.call('memory', {})).peakMiB;
  }

  async dispose() {
    this.child.stdin.end();
    await this.ended;
  }

  async call(name, request) {
    this.child.stdin.write(`${JSON.stringify({ call: name, ...request })}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`PyTorch ended during '${name}': see above`);
    return JSON.parse(value);
  }
}

/** For people: which BLAS it uses, and what to do where that is the slow one. */
export function describeBlas({ blas }) {
  if (!blas) return 'BLAS not known (built in)';
  const optimized = blas.some((file) => /openblas|mkl|blis/.test(file));
  const advice = optimized ? '' : ': the reference BLAS, slow in Linear layers; apt-get install libopenblas0-pthread';
  return `BLAS ${blas.map((file) => path.basename(file)).join(', ')}${advice}`;
}
