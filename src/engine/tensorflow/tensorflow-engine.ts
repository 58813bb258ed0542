/* eslint-disable @typescript-eslint/require-await -- the methods are async so that what they throw rejects. */
import { totalmem } from 'node:os';
import { dataBudget } from '../data-budget';
import type { Engine, EngineInfo, Session } from '../engine';
import type { StateLayout } from '../plan';
import type { Tensorflow } from './tensorflow-module';
import { TensorflowSession } from './tensorflow-session';

export interface TensorflowEngineOptions {
  readonly tf: Tensorflow;
  /** For people: `TensorFlow.js 4.22.0, GPU`; absent: the name of the backend. */
  readonly description?: string;
}

/**
 * Plans step by step as TensorFlow.js ops, on whatever backend the module has (which must be ready: `await tf.ready()`).
 * Slower than the other engines on the same device, and computed quite differently: with the CPU backend it is what tests
 * hold the other engines to.
 */
export function createTensorflowEngine({ tf, description }: TensorflowEngineOptions): Engine {
  return new TensorflowEngine(tf, description ?? `TensorFlow.js, ${tf.getBackend()}`);
}

class TensorflowEngine implements Engine {
  readonly info: EngineInfo;
  private readonly sessions = new Set<TensorflowSession>();

  constructor(
    private readonly tf: Tensorflow,
    description: string,
  ) {
    // How many threads TensorFlow takes is its own business.
    this.info = { kind: 'tensorflow', description, threads: 1, dataBudgetBytes: dataBudget(totalmem()) };
  }

  async createSession(layout: StateLayout): Promise<Session> {
    const session = new TensorflowSession(this.tf, layout);
    this.sessions.add(session);
    return session;
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions) await session.dispose();
  }
}
