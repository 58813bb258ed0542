import { layerNamed, layerNames } from '../../core/inspect/layer-names';
import { startInspector } from '../../node/inspector-process';
import type { InspectionCalls, LayerEntry, LayerId, Subject, SubjectDescription } from '../../protocol/inspection';
import { inspectorScript } from '../installation';
import type { Output } from '../output';
import { UsageError, asUsage } from '../usage-error';
import { withHelper } from '../with-helper';
import type { UnitName } from './inspect-options';

/** What is looked into, and the process that looks. */
export interface Inspection {
  readonly calls: InspectionCalls;
  readonly subject: Subject;
  readonly description: SubjectDescription;
  readonly output: Output;
  /** The name that a person gives a layer. */
  readonly nameOf: (layer: LayerId) => string;
  /** Throws a UsageError with the nearest names. */
  readonly layerNamed: (name: string) => LayerEntry;
  /** A channel of a layer; of the output, a class by its name too. */
  readonly unitNamed: (unit: UnitName) => { readonly layer: LayerEntry; readonly channel: number };
  /** Number of a class by its name or number. */
  readonly classNamed: (text: string) => number;
}

/** The one long call that a command makes. */
export const theTask = 1;

/** Does one job in an inspection process, which is gone when this resolves. Ctrl+C ends it: it keeps nothing. */
export async function withInspection<Result>(
  output: Output,
  subject: Subject,
  job: (inspection: Inspection) => Promise<Result>,
): Promise<Result> {
  return withHelper(
    output,
    'Looking {bar} {value}/{total}',
    (events) => startInspector({ script: inspectorScript, events }),
    async (calls) => job(inspectionOf(calls, subject, await calls.describe(subject), output)),
  );
}

function inspectionOf(
  calls: InspectionCalls,
  subject: Subject,
  description: SubjectDescription,
  output: Output,
): Inspection {
  const { layers, classes } = description;
  const names = new Map(layerNames(layers).map((name, index) => [layers[index]?.id, name]));
  const named = (name: string) => asUsage(() => layerNamed(layers, name));
  return {
    ...{ calls, subject, description, output },
    nameOf: (layer) => names.get(layer) ?? `number ${layer}`,
    layerNamed: named,
    unitNamed({ layer: name, unit }) {
      const layer = named(name);
      const isOutput = layer === layers.at(-1);
      const own = isOutput ? classes.indexOf(unit) : -1;
      return { layer, channel: own >= 0 ? own : numberOf(unit, layer.shape[0] ?? 1, `${name} has`, 'channels') };
    },
    classNamed(text) {
      const own = classes.indexOf(text);
      const count = classes.length > 0 ? classes.length : (layers.at(-1)?.shape[0] ?? 1);
      const known = classes.length > 0 ? `: ${classes.slice(0, 20).join(', ')}` : '';
      return own >= 0 ? own : numberOf(text, count, 'The model has', `classes${known}`);
    },
  };
}

function numberOf(text: string, count: number, owner: string, what: string): number {
  if (/^\d+$/.test(text) && Number(text) < count) return Number(text);
  throw new UsageError(`${owner} ${count} ${what}; there is no '${text}'.`, `Give a number from 0 to ${count - 1}.`);
}
