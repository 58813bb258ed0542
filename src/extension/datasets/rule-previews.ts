import type { LabelRule as Rule } from '../../core/data/dataset-file';
import { UserError } from '../../core/errors';
import { parseDatasetFile } from '../../core/data/dataset-file';
import { labelByPath, splitByPattern } from '../../node/data/path-rules';
import { count, formatCount } from '../runs/run-presentation';
import type { DatasetFacts } from './dataset-facts';
import { patternRule } from './dataset-draft';

/* What a rule says of the first files, while it is typed. */

export interface RulePreview {
  /** Of all files that were looked at, in a line. */
  readonly summary: string;
  /** `cat ← cats/1.png`, or why a file has none. */
  readonly lines: readonly { readonly answer: string | null; readonly file: string; readonly reason: string }[];
}

export function previewLabels(rule: Rule, facts: Pick<DatasetFacts, 'images' | 'moreImages'>): RulePreview {
  return preview(labelByPath(rule, ''), facts, 'class', 'classes');
}

export function previewSplits(pattern: string, facts: Pick<DatasetFacts, 'images' | 'moreImages'>): RulePreview {
  const splitOf = splitByPattern(patternRule(pattern), '');
  const answer = (file: string) => {
    const split = splitOf(file);
    return typeof split === 'string' ? { is: split } : split;
  };
  return preview(answer, facts, 'split', 'splits');
}

export function previewGroups(pattern: string, facts: Pick<DatasetFacts, 'images' | 'moreImages'>): RulePreview {
  return preview(labelByPath(patternRule(pattern), ''), facts, 'group', 'groups');
}

/** Why a pattern can't be used; undefined: it can. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'A regular expression, such as ^(.+)_\\d+';
  try {
    parseDatasetFile(JSON.stringify({ kind: 'images', labels: { from: 'pattern', pattern } }), 'It');
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message.replace(/^It: (labels\.pattern: )?/, '');
    throw error;
  }
}

/** The usual ways in which a name tells the class, and the one among them that fits these files; the first where none does. */
export function guessPattern(files: readonly string[]): string {
  const [usual = ''] = usualPatterns;
  const fitting = usualPatterns.find((pattern) => {
    const labelOf = labelByPath(patternRule(pattern), '');
    const labels = files.map((file) => labelOf(file)).flatMap((answer) => ('is' in answer ? [answer.is] : []));
    const classes = new Set(labels).size;
    return labels.length >= 0.9 * files.length && classes >= 2 && classes <= files.length / 2;
  });
  return fitting ?? usual;
}

/** `Abyssinian_12.jpg`, `cat.0001.jpg`, `img_0001_cat.png`, `12-dog.png`, `cat12.png` */
const usualPatterns = [
  '^(.+)_\\d+\\.\\w+$',
  '^([^.]+)\\.\\d+\\.\\w+$',
  '^\\d+[-_](.+)\\.\\w+$',
  '_([^_]+)\\.\\w+$',
  '^([A-Za-z]+)[-_ ]?\\d+\\.\\w+$',
];

function preview(
  answerOf: (file: string) => { readonly is: string } | { readonly refused: string },
  { images, moreImages }: Pick<DatasetFacts, 'images' | 'moreImages'>,
  one: string,
  several: string,
): RulePreview {
  const counts = new Map<string, number>();
  let without = 0;
  const lines = images.map((file) => {
    const found = answerOf(file);
    if ('is' in found) {
      counts.set(found.is, (counts.get(found.is) ?? 0) + 1);
      return { answer: found.is, file, reason: '' };
    }
    without++;
    return { answer: null, file, reason: found.refused };
  });
  const most = [...counts].sort(([, a], [, b]) => b - a);
  const named = most.slice(0, 5).map(([name, many]) => `${name} ${formatCount(many)}`);
  const rest = most.length > named.length ? ', …' : '';
  const looked = moreImages ? `the first ${formatCount(images.length)} files` : count(images.length, 'file');
  const summary =
    `${formatCount(counts.size)} ${counts.size === 1 ? one : several} in ${looked}` +
    (named.length > 0 ? `: ${named.join(', ')}${rest}` : '') +
    (without > 0 ? `; ${formatCount(without)} without` : '');
  // The files that show most: one of each answer first, and those that have none.
  const shown = new Set<string>();
  const telling = lines.filter(({ answer }) => {
    const key = answer ?? '';
    if (shown.has(key)) return false;
    shown.add(key);
    return true;
  });
  return { summary, lines: [...telling, ...lines.filter((line) => !telling.includes(line))].slice(0, mostLines) };
}

const mostLines = 30;
