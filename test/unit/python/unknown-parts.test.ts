import { describe, expect, test } from 'vitest';
import { analyze } from './compare-analysis';
import type { ModelAnalysis } from '../../../src/core/analysis/model-analysis';

const folder = 'test/fixtures/python/styles';

/** What is not known: line and reason. */
function unknownsOf({ unknowns }: ModelAnalysis): [number, string][] {
  return unknowns.map(({ range, reason }) => [range.startLine, reason]);
}

function layersOf({ calls }: ModelAnalysis): [string, string][] {
  return calls.filter(({ kind, leaf }) => kind === 'module' && leaf).map((call) => [call.path, call.output.kind]);
}

describe('what cannot be known is unknown, with its reason, and is no mistake', () => {
  test.each([
    ['FromFile', 16, 'What stands in files and folders is not read.'],
    ['RandomWidth', 26, 'It is a random number.'],
    ['PrivateLayer', 9, "The module 'some_private_library' was not found."],
    ['Derived', 9, "The module 'some_private_library' was not found."],
    ['DataDependent', 60, "This condition is not known: A tensor's values are not known before the model runs."],
    ['Endless', 69, 'The code takes too long to read (an endless loop?).'],
    ['Recursive', 79, 'Calls go too deep to be followed (endless recursion?).'],
  ])('%s', (target, line, reason) => {
    const analysis = analyze(folder, 'unknown_parts.py', target, [3, 8, 8]);
    expect(unknownsOf(analysis)).toEqual([[line, reason]]);
    expect(analysis.problems).toEqual([]);
    expect(analysis.output.kind).toBe('unknown');
  });

  test('layers before the unknown part keep their shapes', () => {
    const analysis = analyze(folder, 'unknown_parts.py', 'DataDependent', [3, 8, 8]);
    expect(layersOf(analysis)[0]).toEqual(['a', 'tensor']);
    expect(analysis.totals.parameters).toBe(3 * 4 * 9 + 4 + 4 * 5 + 5);
  });
});
