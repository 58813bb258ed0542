import type { DatasetFacts } from './dataset-facts';
import type { Draft } from './dataset-draft';
import type { Question } from './questions';

const usualSides = [32, 64, 96, 128, 224];

/** How large the images are that the network sees. */
export function sizeQuestion({ recognized }: DatasetFacts, draft: Draft): Question {
  if (draft.askSize) return otherSizeQuestion(draft);
  const isArray = recognized !== null && ['idx', 'cifar', 'npy'].includes(recognized.format);
  return {
    kind: 'choice',
    id: 'size',
    title: 'Add Dataset: Input Size',
    placeholder: 'To which size are images brought?',
    choices: [
      {
        label: 'As the images are',
        detail: isArray ? 'All have one size' : 'The usual size among them, where they are of several',
        suggested: true,
        draft: { ...draft, inputSize: null },
      },
      ...usualSides.map((side) => ({
        label: `${side} × ${side}`,
        draft: { ...draft, inputSize: { height: side, width: side } },
      })),
      { label: 'Another…', detail: 'height × width, and 1 or 3 channels', draft: { ...draft, askSize: true } },
    ],
  };
}

function otherSizeQuestion(draft: Draft): Question {
  return {
    kind: 'text',
    id: 'other-size',
    title: 'Add Dataset: Input Size',
    placeholder: 'Height × width, or channels × height × width: 120x160, 1x28x28',
    value: '128x128',
    problem: (text) =>
      parseSize(text) ? undefined : 'Whole numbers up to 4096, as in 120x160 or 1x28x28; channels are 1 or 3',
    draft: (text) => ({ ...draft, inputSize: parseSize(text) ?? null }),
  };
}

function parseSize(text: string): NonNullable<Draft['inputSize']> | undefined {
  const sizes = text
    .trim()
    .split(/\s*[x×,]\s*/i)
    .map((each) => (/^\d+$/.test(each) ? Number(each) : Number.NaN));
  const [width, height, channels] = [...sizes].reverse();
  const isSide = (size: number | undefined): size is number => size !== undefined && size >= 1 && size <= 4096;
  if (sizes.length < 2 || sizes.length > 3 || !isSide(width) || !isSide(height)) return undefined;
  if (channels === undefined) return { height, width };
  return channels === 1 || channels === 3 ? { height, width, channels } : undefined;
}

export function normalizationQuestion(draft: Draft): Question {
  if (draft.askNormalization) return otherNormalizationQuestion(draft);
  return {
    kind: 'choice',
    id: 'normalization',
    title: 'Add Dataset: Normalization',
    placeholder: 'Which mean and deviation are pixels brought to zero and one by?',
    choices: [
      {
        label: 'Those of the training images',
        detail: 'Computed when a training begins',
        suggested: true,
        draft: { ...draft, normalization: null },
      },
      {
        label: 'Those of ImageNet',
        detail: 'For networks that were trained on it: 0.485, 0.456, 0.406 and 0.229, 0.224, 0.225',
        draft: { ...draft, normalization: 'imagenet' },
      },
      { label: 'Others…', draft: { ...draft, askNormalization: true } },
    ],
  };
}

function otherNormalizationQuestion(draft: Draft): Question {
  return {
    kind: 'text',
    id: 'other-normalization',
    title: 'Add Dataset: Normalization',
    placeholder: 'Means, then deviations, of one or three channels from 0 to 1: 0.1307 / 0.3081',
    value: '0.5 / 0.5',
    problem: (text) =>
      parseNormalization(text)
        ? undefined
        : 'One or three means, a /, and as many deviations above zero: 0.1307 / 0.3081',
    draft: (text) => ({ ...draft, normalization: parseNormalization(text) ?? null }),
  };
}

function parseNormalization(text: string): { mean: number[]; std: number[] } | undefined {
  const [mean = [], std = [], ...more] = text.split('/').map((part) =>
    part
      .trim()
      .split(/[\s,;]+/)
      .filter((each) => each !== '')
      .map(Number),
  );
  const fits = more.length === 0 && (mean.length === 1 || mean.length === 3) && std.length === mean.length;
  return fits && mean.every(Number.isFinite) && std.every((each) => Number.isFinite(each) && each > 0)
    ? { mean, std }
    : undefined;
}
