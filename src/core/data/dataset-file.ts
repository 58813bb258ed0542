import * as v from 'valibot';
import { UserError } from '../errors';

/**
 * `dataset.json`: what can't be guessed of a data set. `schemas/dataset.schema.json` says the same to editors; a test holds the
 * two together. `path` is a folder, an archive or a file, from the folder of dataset.json or absolute; it may lead elsewhere.
 * All other paths are inside of it (tables and lists may also stand beside dataset.json) and can't lead out.
 */
export type DatasetFile = v.InferOutput<typeof datasetFileSchema>;
export type LabelRule = v.InferOutput<typeof labelRule>;
export type SplitRule = v.InferOutput<typeof imageSplits> | v.InferOutput<typeof tableSplits>;
export type GroupRule = v.InferOutput<typeof imageGroups>;
/** A column of a table: its name, or its number from 0 on where there is no header. */
export type ColumnRef = string | number;

/** What kinds there are, in the words of `kind`. */
export const datasetFileKinds = ['images', 'table', 'idx', 'cifar', 'npy', 'parquet'] as const;

const tameness = 'repeats what repeats, which may take for ever: write it without one of the repetitions';
const text = v.pipe(v.string(), v.minLength(1));
const innerPath = v.pipe(
  text,
  v.check(
    (path) => !/^([/\\]|[a-z]:)/i.test(path) && !path.split(/[/\\]/).includes('..'),
    'must stay inside of `path`',
  ),
);
const pattern = v.pipe(text, v.check(isRegExp, 'is no regular expression'), v.check(isTame, tameness));
const on = v.optional(v.picklist(['name', 'path']));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const column = v.union([text, v.pipe(v.number(), v.integer(), v.minValue(0))]);

const labelRule = v.variant('from', [
  v.strictObject({ from: v.literal('folder') }),
  v.strictObject({ from: v.literal('pattern'), pattern, on }),
  v.strictObject({ from: v.literal('first-letter-case'), upper: text, lower: text }),
]);

const folders = v.strictObject({
  from: v.literal('folders'),
  train: innerPath,
  val: v.optional(innerPath),
  test: v.optional(innerPath),
});
const lists = v.strictObject({
  from: v.literal('lists'),
  train: innerPath,
  val: v.optional(innerPath),
  test: v.optional(innerPath),
});
const splitPattern = v.strictObject({ from: v.literal('pattern'), pattern, on });
const values = v.strictObject({
  train: v.optional(v.array(v.string())),
  val: v.optional(v.array(v.string())),
  test: v.optional(v.array(v.string())),
});
const imageSplits = v.variant('from', [folders, lists, splitPattern]);
const tableSplits = v.variant('from', [
  folders,
  lists,
  splitPattern,
  v.strictObject({ from: v.literal('column'), column, values: v.optional(values) }),
  v.strictObject({
    from: v.literal('tables'),
    train: innerPath,
    val: v.optional(innerPath),
    test: v.optional(innerPath),
  }),
]);
const imageGroups = v.strictObject({ from: v.literal('pattern'), pattern, on });
const tableGroups = v.variant('from', [imageGroups, v.strictObject({ from: v.literal('column'), column })]);

const channelValues = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(3));
const deviations = v.pipe(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(1), v.maxLength(3));

const common = {
  $schema: v.optional(v.string()),
  name: v.optional(text),
  path: v.optional(text),
  classes: v.optional(
    v.pipe(
      v.array(text),
      v.minLength(2),
      v.check((names) => new Set(names).size === names.length, 'has a class twice'),
    ),
  ),
  inputSize: v.optional(
    v.strictObject({ height: positive, width: positive, channels: v.optional(v.picklist([1, 3])) }),
  ),
  normalization: v.optional(
    v.union([
      v.picklist(['computed', 'imagenet']),
      v.pipe(
        v.strictObject({ mean: channelValues, std: deviations }),
        v.check(({ mean, std }) => mean.length === std.length && mean.length !== 2, 'needs 1 or 3 values in each list'),
      ),
    ]),
  ),
};

const arrayNames = v.strictObject({ images: innerPath, labels: innerPath });

const datasetFileSchema = v.variant('kind', [
  v.strictObject({
    ...common,
    kind: v.literal('images'),
    labels: v.optional(labelRule),
    splits: v.optional(imageSplits),
    groups: v.optional(imageGroups),
  }),
  v.strictObject({
    ...common,
    kind: v.literal('table'),
    table: v.optional(innerPath),
    header: v.optional(v.boolean()),
    delimiter: v.optional(v.picklist([',', ';', '\t', '|'])),
    images: v.optional(innerPath),
    extension: v.optional(text),
    columns: v.strictObject({
      file: column,
      labels: v.union([column, v.pipe(v.array(column), v.minLength(2))]),
    }),
    separator: v.optional(text),
    task: v.optional(v.picklist(['multi-class', 'multi-label'])),
    splits: v.optional(tableSplits),
    groups: v.optional(tableGroups),
  }),
  v.strictObject({ ...common, kind: v.literal('idx') }),
  v.strictObject({ ...common, kind: v.literal('cifar'), labels: v.optional(v.picklist(['fine', 'coarse'])) }),
  v.strictObject({
    ...common,
    kind: v.literal('npy'),
    layout: v.optional(v.picklist(['NHWC', 'NCHW', 'NHW'])),
    arrays: v.optional(
      v.strictObject({ train: arrayNames, val: v.optional(arrayNames), test: v.optional(arrayNames) }),
    ),
  }),
  v.strictObject({
    ...common,
    kind: v.literal('parquet'),
    columns: v.optional(v.strictObject({ image: v.optional(text), label: v.optional(text) })),
  }),
]);

/**
 * Reads the text of a dataset.json. `name` is for messages.
 * @throws UserError that names the place in it that is wrong.
 */
export function parseDatasetFile(json: string, name: string): DatasetFile {
  let raw: unknown;
  try {
    raw = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new UserError(`${name} is not JSON: ${(cause as Error).message}.`, 'Open it in the editor: it shows where.', {
      cause,
    });
  }
  const result = v.safeParse(datasetFileSchema, raw, { abortEarly: false });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? '';
  throw new UserError(
    `${name}: ${place === '' ? '' : `${place}: `}${issue.message.replace(/^Invalid /, 'invalid ')}.`,
    'Correct it there: the editor completes and checks what can stand in the file.',
  );
}

/**
 * Whether a file of that name is one of ours: others also name theirs dataset.json. Ours has a `kind` that we know, or names our
 * schema.
 */
export function isDatasetFile(json: string): boolean {
  try {
    const raw: unknown = JSON.parse(json.replace(/^\uFEFF/, ''));
    if (typeof raw !== 'object' || raw === null) return false;
    const { kind, $schema } = raw as { kind?: unknown; $schema?: unknown };
    const known: readonly unknown[] = datasetFileKinds;
    return known.includes(kind) || (typeof $schema === 'string' && $schema.includes('dataset.schema.json'));
  } catch {
    // Broken by an edit, perhaps: its text may still tell.
    return /"kind"\s*:\s*"(images|table|idx|cifar|npy|parquet)"/.test(json);
  }
}

/** The file's text, as the wizard writes it. */
export function formatDatasetFile(file: DatasetFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}

/** Whether no repetition holds another: such patterns may take for ever on names that do not match. */
function isTame(source: string): boolean {
  const bare = source.replace(/\\./gu, 'x').replace(/\[[^\]]*\]/gu, 'x');
  const repeats: boolean[] = [];
  let inner = false;
  for (let at = 0; at < bare.length; at++) {
    const letter = bare[at];
    if (letter === '(') {
      repeats.push(inner);
      inner = false;
    } else if (letter === ')') {
      const repeated = /^([*+]|\{\d+,)/.test(bare.slice(at + 1));
      if (repeated && inner) return false;
      inner = (repeats.pop() ?? false) || inner || repeated;
    } else if (letter === '*' || letter === '+' || (letter === '{' && /^\{\d+,/.test(bare.slice(at)))) {
      if (bare[at - 1] !== ')') inner = true;
    } else if (letter === '|' && repeats.length > 0 && isRepeatedGroup(bare, at)) {
      return false;
    }
  }
  return true;
}

/** Whether the group around a place is repeated: alternatives in it may overlap. */
function isRepeatedGroup(bare: string, at: number): boolean {
  let depth = 0;
  for (let i = at; i < bare.length; i++) {
    if (bare[i] === '(') depth++;
    else if (bare[i] === ')' && depth-- === 0) return /^([*+]|\{\d+,)/.test(bare.slice(i + 1));
  }
  return false;
}
