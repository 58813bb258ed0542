import * as v from 'valibot';
import type { DatasetCalls } from './dataset-inspection';

/*
 * Requests to the data set process come from panels and other processes: read into their types before anything is done. A mistake
 * in one is the caller's bug.
 */

const location = v.pipe(v.string(), v.nonEmpty());
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const key = v.pipe(v.string(), v.nonEmpty());

const decision = v.variant('kind', [
  v.object({ kind: v.literal('exclude'), key, reason: v.string() }),
  v.object({ kind: v.literal('relabel'), key, classes: v.array(v.string()) }),
  v.object({ kind: v.literal('restore'), key }),
]);

/** Of the one argument that each call has. */
const requests = {
  open: location,
  thumbnails: v.object({
    location,
    indices: v.pipe(v.instance(Int32Array), v.maxLength(10_000)),
    side: v.pipe(side, v.maxValue(1024)),
  }),
  image: v.object({ location, index: whole, mostSide: side }),
  scan: v.object({ location, task: whole }),
  duplicates: v.object({
    location,
    task: whole,
    mostDistance: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(32))),
  }),
  decide: v.object({ location, decisions: v.array(decision) }),
  undo: location,
  cancel: whole,
} satisfies {
  readonly [Name in keyof DatasetCalls]: v.GenericSchema<unknown, Parameters<DatasetCalls[Name]>[0]>;
};

export type DatasetRequestOf<Name extends keyof DatasetCalls> = Parameters<DatasetCalls[Name]>[0];

/** Throws where the request is none of that call. */
export function parseDatasetRequest<Name extends keyof DatasetCalls>(
  name: Name,
  value: unknown,
): DatasetRequestOf<Name> {
  return v.parse(requests[name], value);
}

/** Those that a panel's host passes on. */
export const datasetCallNames = Object.keys(requests) as readonly (keyof DatasetCalls)[];
