import { describe, expect, it } from 'vitest';
import { cellAt, notebookSource } from '../../../src/core/analysis/notebook-source';

describe('a notebook as one text', () => {
  it('joins its cells in order, and knows which line is whose', () => {
    const source = notebookSource(['import torch\nx = 1', '', 'y = x']);
    expect(source.text).toBe('import torch\nx = 1\n\ny = x');
    expect(source.starts).toEqual([0, 2, 3]);
    expect([0, 1, 2, 3].map((line) => cellAt(source, line))).toEqual([
      { cell: 0, line: 0 },
      { cell: 0, line: 1 },
      { cell: 1, line: 0 },
      { cell: 2, line: 0 },
    ]);
  });

  it.each([
    ['%matplotlib inline'],
    ['  %time net(x)'],
    ['!pip install torch'],
    ['?nn.Conv2d'],
    ['nn.Conv2d?'],
    ['nn.Conv2d??'],
  ])('blanks the line %s with equal length', (line) => {
    expect(notebookSource([`${line}\nx = 1`]).text).toBe(`${' '.repeat(line.length)}\nx = 1`);
  });

  it('blanks a command that goes on in the next line', () => {
    expect(notebookSource(['!pip install \\\n  torch\nx = 1']).text.trim()).toBe('x = 1');
  });

  it('blanks cells of other languages, and keeps the body of those that are Python', () => {
    expect(
      notebookSource(['%%bash\nls nn', '%%time\nx = 1'])
        .text.split('\n')
        .map((line) => line.trim()),
    ).toEqual(['', '', '', 'x = 1']);
  });

  it('takes the percent sign inside of brackets for an operator', () => {
    const cell = 'x = (7\n     % 3)\n%time';
    expect(notebookSource([cell]).text).toBe('x = (7\n     % 3)\n     ');
  });

  it('is not misled by brackets in strings and comments', () => {
    expect(notebookSource(['x = "("  # (\n%time']).text).toBe('x = "("  # (\n     ');
  });

  it('leaves a name that is given a command, with a value that is not known', () => {
    expect(notebookSource(['files = !ls nn']).text).toBe('files = ...   ');
  });

  it('takes the line ends of every system', () => {
    expect(notebookSource(['a = 1\r\nb = 2', 'c = 3']).starts).toEqual([0, 2]);
  });
});
