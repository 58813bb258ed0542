import type { ItemKey } from './dataset';

/** What a user has decided about an image of a data set. The files themselves stay as they are. */
export type Decision =
  | { readonly kind: 'exclude'; readonly key: ItemKey; readonly reason: string }
  /** `classes`: the names of its classes from now on; one where the data set has one for each image. */
  | { readonly kind: 'relabel'; readonly key: ItemKey; readonly classes: readonly string[] }
  /** Takes back what was decided about it before. */
  | { readonly kind: 'restore'; readonly key: ItemKey };

/** A decision that holds. */
export type StandingDecision = Exclude<Decision, { readonly kind: 'restore' }>;

/** What was decided at one time, and can be taken back as a whole. */
export interface DecisionStep {
  /** 1-based, ascending in a file. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly decisions: readonly Decision[];
}

export interface ParsedDecisions {
  readonly steps: readonly DecisionStep[];
  /** Lines that say nothing that is understood: damaged, or of a later version. */
  readonly unread: readonly { readonly line: number; readonly reason: string }[];
}

/** Ends the name of a file of decisions; it is no table of labels, for all that it lies among the data. */
export const decisionsFileName = 'cnn-lab-decisions.tsv';

/** How a file of decisions begins: what it is, for people. */
export const decisionsHeading = [
  '# What was decided about images of this data set with CNN Lab: which are left out, and which have other classes.',
  '# The images themselves stay as they are. Without this file, or without a line of it, they count as they lie.',
  '# time\tstep\tdecision\timage\treason or classes',
  '',
].join('\n');

/** Lines of a file of decisions; a field's tabs, line breaks and backslashes are written with backslashes. */
export function formatStep({ number, time, decisions }: DecisionStep): string {
  return decisions
    .map((decision) => {
      const fields = [time, String(number), decision.kind, decision.key, ...valuesOf(decision)];
      return `${fields.map(escapeField).join('\t')}\n`;
    })
    .join('');
}

/** Reads a file of decisions; never throws. A last line without its line break is torn, and not read. */
export function parseDecisions(text: string): ParsedDecisions {
  const steps: { number: number; time: string; decisions: Decision[] }[] = [];
  const unread: { line: number; reason: string }[] = [];
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  lines.forEach((raw, index) => {
    const line = raw.replace(/\r$/, '');
    if (line === '' || line.startsWith('#')) return;
    const [time = '', step = '', kind = '', key = '', ...values] = line.split('\t').map(unescapeField);
    const number = /^\d{1,9}$/.test(step) ? Number(step) : 0;
    const decision = key === '' ? undefined : decisionOf(kind, key, values);
    const last = steps.at(-1);
    if (number === 0 || !decision) unread.push({ line: index + 1, reason: 'it is no decision of this version' });
    else if (last && number < last.number) unread.push({ line: index + 1, reason: 'its step comes after a later one' });
    else if (last?.number === number) last.decisions.push(decision);
    else steps.push({ number, time, decisions: [decision] });
  });
  if (rest.trim() !== '') unread.push({ line: lines.length + 1, reason: 'it is cut short' });
  return { steps, unread };
}

/** The latest about each image, in the order of their steps; what was taken back is not among them. */
export function standingDecisions(steps: readonly DecisionStep[]): StandingDecision[] {
  const standing = new Map<ItemKey, StandingDecision>();
  for (const decision of steps.flatMap(({ decisions }) => decisions)) {
    standing.delete(decision.key);
    if (decision.kind !== 'restore') standing.set(decision.key, decision);
  }
  return [...standing.values()];
}

function valuesOf(decision: Decision): readonly string[] {
  switch (decision.kind) {
    case 'exclude':
      return [decision.reason];
    case 'relabel':
      return decision.classes;
    case 'restore':
      return [];
  }
}

function decisionOf(kind: string, key: ItemKey, values: readonly string[]): Decision | undefined {
  switch (kind) {
    case 'exclude':
      return { kind, key, reason: values[0] ?? '' };
    case 'relabel':
      return { kind, key, classes: values };
    case 'restore':
      return { kind, key };
    default:
      return undefined;
  }
}

const escapes: readonly (readonly [string, string])[] = [
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
];

function escapeField(field: string): string {
  // A field that began a line with # would make it a comment; the time never does.
  return escapes.reduce((text, [plain, escaped]) => text.replaceAll(plain, escaped), field);
}

function unescapeField(field: string): string {
  return field.replace(/\\(.)/g, (whole, letter: string) => {
    const found = escapes.find(([, escaped]) => escaped === `\\${letter}`);
    return found ? found[0] : whole;
  });
}
