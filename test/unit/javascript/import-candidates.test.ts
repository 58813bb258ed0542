import { expect, test } from 'vitest';
import { importCandidates } from '../../../src/core/javascript/import-candidates';

test('a file beside, above and below the one that imports it', () => {
  expect(importCandidates('./b.js', '/a/c.ts').slice(0, 2)).toEqual(['/a/b.js', '/a/b.js.ts']);
  expect(importCandidates('../x/b', '/a/c/d.js')).toContain('/a/x/b.ts');
  expect(importCandidates('./sub', 'src/d.js')).toContain('src/sub/index.js');
  expect(importCandidates('./b', 'C:\\m\\d.js')).toContain('C:\\m\\b.js');
});

test('TypeScript names the JavaScript that its compiler makes', () => {
  expect(importCandidates('./b.js', '/a/c.ts')).toContain('/a/b.ts');
});

test('packages are no files of the workspace', () => {
  expect(importCandidates('@tensorflow/tfjs', '/a/c.ts')).toEqual([]);
  expect(importCandidates('fs', '/a/c.ts')).toEqual([]);
});
