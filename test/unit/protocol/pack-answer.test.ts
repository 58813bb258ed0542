import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { analyzeFile } from '../../../src/core/analysis/analyze-file';
import { packAnswer, unpackAnswer } from '../../../src/protocol/pack-answer';

test('an answer comes back as it was, with a pause after each of its pieces', async () => {
  const file = path.resolve(import.meta.dirname, '../../../samples/models/googlenet.py');
  const text = readFileSync(file, 'utf8');
  const request = { file, text, language: 'python', target: null, inputs: {}, classCounts: {} } as const;
  const answer = { analysis: analyzeFile(request, () => undefined), syntaxErrors: 0, warnings: [] };
  expect(answer.analysis.models[0]?.calls.length).toBeGreaterThan(200);

  const packed = packAnswer(answer);
  let pauses = 0;
  const pause = () => {
    pauses++;
    return Promise.resolve();
  };
  expect(await unpackAnswer(packed, pause)).toEqual(answer);
  expect(pauses).toBe(packed.lists.flatMap((lists) => Object.values(lists).flat()).length);
});
