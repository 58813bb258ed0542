import { OurNetwork, optimizer } from '../cpu/our-network.mjs';
import { classCount } from '../cpu/networks.mjs';
import { timeFor } from '../cpu/statistics.mjs';

/** Steps that are timed together: to wait for the device after each would leave it idle. */
const together = 8;

/** A network on the GPU engine. Images lie on the device as bytes, as they do in training; so many are picked for each step. */
export class OurGpuNetwork extends OurNetwork {
  static open(parts, engine, network, batch) {
    const [mean, std] = [0.5, 0.25].map((value) => Array(network.input[0]).fill(value));
    return super.open(parts, engine, network, { kind: 'resident', count: batch, mean, std });
  }

  /** Makes the program of a training step; returns its floating-point operations. */
  async prepareTraining(batch, input) {
    const size = batch * input.reduce((product, length) => product * length, 1);
    await this.session.reserveData(size);
    await this.session.writeData(
      0,
      Uint8Array.from({ length: size }, () => Math.floor(256 * Math.random())),
    );
    return super.prepareTraining(batch);
  }

  /** Milliseconds of a step, mean of some that are done one after the other. */
  trainFor(seconds, least) {
    const program = this.training;
    const targets = Int32Array.from({ length: program.plan.batchSize }, (_, image) => image % classCount);
    const picks = Int32Array.from({ length: 4 * targets.length }, (_, word) => (word % 4 === 0 ? word / 4 : 0));
    return timeFor(
      seconds,
      async () => {
        const started = performance.now();
        for (let step = 0; step < together; step++) {
          program.input('picks').set(picks);
          program.input('targets').set(targets);
          program.input('hyper').set(this.parts.hyperparameters(optimizer, optimizer.learningRate, ++this.steps));
          if (program.plan.inputs.random) program.input('random').set([1, 0, this.steps, 0, 0, 0]);
          await program.run();
        }
        await program.read('loss');
        return (performance.now() - started) / together;
      },
      least,
    );
  }
}
