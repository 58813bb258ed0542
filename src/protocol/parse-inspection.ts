import * as v from 'valibot';
import type { InspectionCalls } from './inspection';

/*
 * Requests to the inspection process come from panels and other processes: read into their types before anything is done. A
 * mistake in one is the caller's bug.
 */

const path = v.pipe(v.string(), v.nonEmpty());
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());
const split = v.picklist(['train', 'val', 'test']);

const subject = v.variant('kind', [
  v.object({
    kind: v.literal('run'),
    runFolder: path,
    checkpoint: v.union([v.picklist(['best', 'last']), whole]),
  }),
  v.object({
    kind: v.literal('model'),
    file: path,
    target: v.nullable(v.string()),
    inputShape: v.nullable(v.array(positive)),
    classCount: v.nullable(positive),
    seed: whole,
  }),
]);

const imageFile = [
  v.object({ kind: v.literal('file'), path }),
  v.object({ kind: v.literal('bytes'), name: v.string(), bytes: v.instance(Uint8Array) }),
] as const;
const image = v.variant('kind', [v.object({ kind: v.literal('data'), split, index: whole }), ...imageFile]);

const layer = { subject, layer: whole };
const task = { task: whole };

/** Of the one argument that each call has. */
const requests = {
  describe: subject,
  checkpoints: path,
  filters: v.object(layer),
  filterActivity: v.object({ ...layer, ...task, split, images: positive }),
  image: v.object({ subject, image }),
  decodeImage: v.object({ image: v.variant('kind', imageFile), mostSide: v.pipe(positive, v.maxValue(4096)) }),
  featureMaps: v.object({ subject, image, layers: v.array(whole) }),
  explainUnit: v.object({ ...layer, image, channel: whole, y: whole, x: whole }),
  receptiveFields: subject,
  receptiveFieldPaths: v.object(layer),
  effectiveField: v.object({
    ...layer,
    ...task,
    images: v.union([v.object({ split, count: positive }), v.object({ random: positive })]),
  }),
  predict: v.object({ subject, image, topK: positive }),
  gradCam: v.object({ ...layer, image, class: whole }),
  occlusion: v.object({ subject, image, ...task, class: whole, size: positive, stride: positive }),
  scores: v.object({ subject, ...task, split }),
  predictFiles: v.object({ subject, ...task, paths: v.array(path), topK: positive }),
  maximize: v.object({
    ...layer,
    ...task,
    channel: whole,
    steps: v.pipe(positive, v.maxValue(10_000)),
    learningRate: finite,
    l2: finite,
    totalVariation: finite,
    jitter: v.pipe(whole, v.maxValue(64)),
    seed: whole,
  }),
  topImages: v.object({ ...layer, ...task, channel: whole, split, count: positive, among: positive }),
  cancel: whole,
} satisfies {
  readonly [Name in keyof InspectionCalls]: v.GenericSchema<unknown, Parameters<InspectionCalls[Name]>[0]>;
};

export type InspectionRequest<Name extends keyof InspectionCalls> = Parameters<InspectionCalls[Name]>[0];

/** Throws where the request is none of that call. */
export function parseInspectionRequest<Name extends keyof InspectionCalls>(
  name: Name,
  value: unknown,
): InspectionRequest<Name> {
  return v.parse(requests[name], value);
}

export const inspectionCallNames = Object.keys(requests) as readonly (keyof InspectionCalls)[];
