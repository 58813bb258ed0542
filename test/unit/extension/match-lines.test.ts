import { describe, expect, it } from 'vitest';
import { LineMatch } from '../../../src/extension/analysis/match-lines';

/** Where each line of the older text stands in the newer one; `-` where it does not. */
function match(older: string, newer: string): string {
  const [a, b] = [older.split(''), newer.split('')];
  const lines = new LineMatch(a, b);
  const places = a.map((line, index) => {
    const place = lines.toNewer(index);
    if (place === undefined) return '-';
    expect(b[place]).toBe(line);
    expect(lines.toOlder(place)).toBe(index);
    return String(place);
  });
  return places.join('');
}

describe('lines that still stand', () => {
  it('are all of them where nothing was edited', () => {
    expect(match('abc', 'abc')).toBe('012');
  });

  it('move with lines that are put in before them, or taken away', () => {
    expect(match('abc', 'xabc')).toBe('123');
    expect(match('abc', 'axxbc')).toBe('034');
    expect(match('abcd', 'ad')).toBe('0--1');
  });

  it('leave out the line that was edited', () => {
    expect(match('abc', 'axc')).toBe('0-2');
  });

  it('are found between several edits, too', () => {
    expect(match('abcdefg', 'aXcdYfg')).toBe('0-23-56');
    expect(match('abcdefg', 'aXXcdfZg')).toBe('0-34-57');
  });

  it('are not taken for others that read the same', () => {
    // One of two equal lines went away, and another was edited: which one is left is not known.
    expect(match('arbrc', 'axrc')).toBe('0--23');
    expect(match('xrryrrz', 'XrYrZ')).toBe('-------');
  });

  it('leave out a line that was moved past another', () => {
    const places = match('abcd', 'acbd');
    expect(places.startsWith('0')).toBe(true);
    expect(places.endsWith('3')).toBe(true);
    expect(places.split('').filter((place) => place === '-')).toHaveLength(1);
  });

  it('are none in a text that is new', () => {
    expect(match('abc', 'xyz')).toBe('---');
    expect(new LineMatch(['a'], []).toNewer(0)).toBeUndefined();
    expect(new LineMatch([], ['a']).toOlder(0)).toBeUndefined();
  });
});
