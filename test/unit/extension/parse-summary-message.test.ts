import { expect, test } from 'vitest';
import { parseSummaryMessage } from '../../../src/extension/panels/parse-summary-message';

const range = { file: '/a.py', startLine: 1, startColumn: 0, endLine: 1, endColumn: 4 };

test.each([
  { type: 'ready' },
  { type: 'reveal', range },
  { type: 'choose', target: 'Net' },
  { type: 'setInput', target: 'Net' },
  { type: 'copy', text: 'a', what: 'CSV' },
])('%o is a message of the summary panel', (message) => {
  expect(parseSummaryMessage(message)).toEqual(message);
});

test.each([
  null,
  'ready',
  { type: 'fly' },
  { type: 'reveal' },
  { type: 'reveal', range: { ...range, startLine: '1' } },
  { type: 'choose', target: 7 },
  { type: 'copy', text: 'a' },
])('%o is none', (message) => {
  expect(parseSummaryMessage(message)).toBeUndefined();
});
