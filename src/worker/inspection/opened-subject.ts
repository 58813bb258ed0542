import { stat } from 'node:fs/promises';
import { activationsGraph, gradientsGraph, valueOutput } from '../../core/inspect/inspection-graph';
import { describeLayers, filterWeights, type InspectableLayer } from '../../core/inspect/describe-layers';
import { UserError } from '../../core/errors';
import type { Graph, GraphNode, NodeId } from '../../core/graph/graph';
import { defaultHead, type Head } from '../../core/train/head';
import type { ComputationGraph } from '../../core/train/training-graph';
import { buildPlan } from '../../engine/build-plan';
import type { Engine, HostArray, Program } from '../../engine/engine';
import { readRunRecord } from '../../node/run-store';
import { checkpointFile } from '../../node/checkpoint-file';
import type { RunRecord } from '../../protocol/run-folder';
import type { Subject } from '../../protocol/inspection';
import { initializeModel, loadCheckpoint } from '../checkpoint';
import { declaredInputShape, loadModel, readGraph } from '../load-model';
import { ModelSession } from '../model-session';

/**
 * A model that is looked into, its weights on the device. Checkpoints of one run share it: the weights of the one that is asked
 * about are put in.
 */
export class OpenedSubject {
  readonly layers: readonly InspectableLayer[];
  private readonly programs = new Map<string, Promise<Program>>();
  private loaded: Weights | undefined;

  private constructor(
    readonly graph: Graph,
    private readonly model: ModelSession,
    /** [C, H, W] */
    readonly inputShape: readonly number[],
    /** Undefined for a model that was never trained. */
    readonly run: { readonly folder: string; readonly record: RunRecord } | undefined,
    readonly title: string,
  ) {
    this.layers = describeLayers(graph);
  }

  static async open(subject: Subject, engine: Engine): Promise<OpenedSubject> {
    if (subject.kind === 'run') {
      const record = await readRunRecord(subject.runFolder);
      const graph = await readGraph(subject.runFolder);
      const model = await ModelSession.open(engine, graph);
      const run = { folder: subject.runFolder, record };
      return new OpenedSubject(graph, model, record.model.inputShape, run, record.name);
    }
    const request = { file: subject.file, target: subject.target };
    const inputShape = subject.inputShape ?? (await declaredInputShape(request));
    if (!inputShape) {
      throw new UserError(
        'The file does not say what shape of images the model takes.',
        'Write it above the class, for example “# input: (3, 32, 32)”.',
      );
    }
    const { graph, target } = await loadModel(request, inputShape, subject.classCount ?? undefined);
    const model = await ModelSession.open(engine, graph);
    return new OpenedSubject(graph, model, inputShape, undefined, target);
  }

  /** Puts in the weights that the subject names, unless they are there. */
  async useWeights(subject: Subject): Promise<Weights> {
    if (subject.kind === 'model') {
      const version = `seed ${subject.seed}`;
      if (this.loaded?.version !== version) {
        this.loaded = undefined;
        await initializeModel(this.model, subject.seed);
        this.loaded = { version, epoch: null };
      }
      return this.loaded;
    }
    const file = await checkpointFile(subject.runFolder, subject.checkpoint);
    const version = await fileVersion(file);
    if (this.loaded?.version !== version) {
      this.loaded = undefined;
      const { epochsDone } = await loadCheckpoint(file, this.model);
      this.loaded = { version, epoch: epochsDone };
    }
    return this.loaded;
  }

  layer(id: NodeId): InspectableLayer {
    const layer = this.layers.find((each) => each.id === id);
    if (!layer) throw new UserError(`The model has no layer number ${id}.`, 'Open the panel again.');
    return layer;
  }

  node(id: NodeId): GraphNode {
    const node = this.graph.nodes[id];
    if (!node) throw new UserError(`The model has no layer number ${id}.`, 'Open the panel again.');
    return node;
  }

  /** What its outputs mean. */
  get head(): Head {
    return this.run?.record.head ?? defaultHead;
  }

  /** Number of the node that gives the scores. */
  get output(): NodeId {
    const [output] = this.graph.outputs;
    if (output === undefined) throw new UserError(`${this.graph.name} has no output.`);
    return output;
  }

  /** The node of a layer's filters. */
  weightsOf(id: NodeId): GraphNode {
    const weights = filterWeights(this.graph, this.node(id));
    if (!weights) {
      const { path, title } = this.layer(id);
      throw new UserError(`${path || title} has no filters.`, 'Choose a convolution or a Linear layer.');
    }
    return weights;
  }

  /** A parameter or buffer, as it is on the device. */
  readState(name: string): Promise<HostArray> {
    return this.model.state.readState(name);
  }

  /** A program that gives the values of nodes, for so many images. */
  activations(nodes: readonly NodeId[], batchSize: number): Promise<Program> {
    return this.program(`values of ${nodes.join()} for ${batchSize}`, batchSize, () =>
      activationsGraph(this.graph, nodes),
    );
  }

  /** A program that gives gradients (see gradientsGraph). */
  gradients(of: NodeId, wrt: readonly (NodeId | 'images')[], batchSize: number): Promise<Program> {
    return this.program(`gradients of ${of} to ${wrt.join()} for ${batchSize}`, batchSize, () =>
      gradientsGraph(this.graph, of, wrt),
    );
  }

  /** How many programs it holds: they stay as long as it does. */
  get programCount(): number {
    return this.programs.size;
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }

  private program(name: string, batchSize: number, computation: () => ComputationGraph): Promise<Program> {
    const known = this.programs.get(name);
    if (known) return known;
    const { layout, state } = this.model;
    const made = Promise.resolve().then(() =>
      state.compile(buildPlan({ name, computation: computation(), batchSize, layout })),
    );
    this.programs.set(name, made);
    // What failed may be tried again.
    made.catch(() => this.programs.delete(name));
    return made;
  }
}

export interface Weights {
  /** Changes when the weights do. */
  readonly version: string;
  /** Null for a model that was never trained. */
  readonly epoch: number | null;
}

/** The values of a node after a run: `[batch, …]`. */
export async function readValue(program: Program, node: NodeId): Promise<Float32Array> {
  return readFloats(program, valueOutput(node));
}

export async function readFloats(program: Program, output: string): Promise<Float32Array> {
  const values = await program.read(output);
  if (!(values instanceof Float32Array)) throw new Error(`${output} of ${program.plan.name} is not f32`);
  return values;
}

async function fileVersion(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file} ${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    throw new UserError(`The weights ${file} are gone.`, 'The run may have been deleted.', { cause: error });
  }
}
