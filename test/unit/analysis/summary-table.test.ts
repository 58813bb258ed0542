import { describe, expect, test } from 'vitest';
import { analyzeModel } from '../../../src/core/analysis/analyze-model';
import { arrangeRows, type Sort } from '../../../src/core/summary/arrange-rows';
import { cellText, fieldDetail } from '../../../src/core/summary/summary-columns';
import { summaryTable, type SummaryRow, type SummaryTable } from '../../../src/core/summary/summary-table';
import type { TrainingMemory } from '../../../src/core/summary/training-memory';
import { summaryCsv, summaryMarkdown, summaryText } from '../../../src/core/summary/summary-text';

const head = 'import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n';
const source = `${head}class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)) + x)


class Net(nn.Module):
    # input: (1, 8, 8)
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.block = Block(4)
        self.forgotten = nn.Sequential(nn.Linear(3, 5), nn.ReLU())
        self.head = nn.Linear(64, 10)
        for parameter in self.stem.parameters():
            parameter.requires_grad = False

    def forward(self, x):
        x = self.stem(x)
        x = self.block(self.block(x))
        return self.head(torch.flatten(x, 1))
`;
const table = tableOf(source);
const tree = (functions = false, depth = Infinity) =>
  arrangeRows(table, { kind: 'tree', isOpen: (row) => row.depth < depth }, functions);
const list = (sort: Sort, functions = false) => arrangeRows(table, { kind: 'list', sort }, functions);
const labels = (rows: readonly SummaryRow[]) => rows.map(({ depth, label }) => `${'.'.repeat(depth)}${label}`);

describe('the tree of calls', () => {
  test('has every module call where it is made, and modules that are never called at the end of theirs', () => {
    expect(labels(tree())).toEqual([
      'Net',
      '.stem',
      '.block',
      '..conv',
      '..norm',
      '.block',
      '..conv',
      '..norm',
      '.head',
      '.forgotten',
    ]);
    const forgotten = tree().at(-1);
    expect(forgotten).toMatchObject({ output: undefined, parameters: 20, name: 'Sequential', leaf: false });
  });

  test('with functions has what they compute between the modules', () => {
    expect(labels(tree(true)).slice(3, 7)).toEqual(['..conv', '..norm', '..add', '..relu']);
  });

  test('down to a depth', () => {
    expect(labels(tree(false, 1))).toEqual(['Net', '.stem', '.block', '.block', '.head', '.forgotten']);
    expect(labels(tree(false, 0))).toEqual(['Net']);
  });

  test('counts parameters once, and apart those that are frozen', () => {
    const [net, stem, first, , , second, again] = tree();
    expect(net).toMatchObject({ parameters: 4 * 4 * 9 + 2 * 4 + 650 + 20, frozenParameters: 40, ownParameters: 0 });
    expect(stem).toMatchObject({ parameters: 0, frozenParameters: 40, shared: false });
    expect(first).toMatchObject({ parameters: 152, shared: false });
    expect(second).toMatchObject({ parameters: 0, shared: true });
    expect(again).toMatchObject({ parameters: 0, shared: true });
    expect(tree().map((row) => cellText('parameters', row, 'pytorch', false))).toEqual([
      '822 + 40 frozen',
      '40 frozen',
      '152',
      '144',
      '8',
      'shared',
      'shared',
      'shared',
      '650',
      '20',
    ]);
  });

  test('has shapes, FLOPs, memory, receptive field and source of each', () => {
    const conv = tree()[3];
    expect(conv).toMatchObject({
      path: 'block.conv',
      inputs: [{ kind: 'tensor', shape: ['N', 4, 4, 4] }],
      output: { kind: 'tensor', shape: ['N', 4, 4, 4] },
      flops: 2 * 4 * 9 * 4 * 16,
      activationBytes: 4 * 4 * 16,
      receptiveField: { kind: 'window', size: [7, 7], jump: [2, 2] },
      source: { startLine: 9 },
    });
  });
});

describe('the list of parts', () => {
  test('leaves out modules that only hold others', () => {
    const rows = list({ column: 'parameters', descending: true });
    expect(rows.map(({ path }) => path)).toEqual([
      'head',
      'block.conv',
      'stem',
      'forgotten',
      'block.norm',
      'block.conv',
      'block.norm',
    ]);
  });

  test('sums up to the whole', () => {
    for (const descending of [true, false]) {
      const rows = list({ column: 'flops', descending }, true);
      expect(rows.reduce((sum, { flops }) => sum + Number(flops ?? 0), 0)).toBe(table.totals.flops);
      const known = rows.map(({ flops }) => flops).filter((flops) => flops !== undefined);
      expect(known).toEqual([...known].sort((a, b) => (descending ? -1 : 1) * (Number(a) - Number(b))));
    }
  });

  test('has a module with parameters of its own, with those alone', () => {
    const own = tableOf(`${head}class Net(nn.Module):
    # input: (3, 4, 4)
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3, 1, 1))
        self.conv = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        return self.conv(x)
`);
    const rows = arrangeRows(own, { kind: 'list', sort: { column: 'module', descending: false } }, false);
    expect(rows.map((row) => [row.path, cellText('parameters', row, 'pytorch', true)])).toEqual([
      ['conv', '8'],
      ['', '3'],
    ]);
  });

  test('by path has layer2 before layer10', () => {
    const layers = Array.from({ length: 11 }, (_, i) => `        self.layer${i} = nn.ReLU()`).join('\n');
    const calls = Array.from({ length: 11 }, (_, i) => `        x = self.layer${i}(x)`).join('\n');
    const net = tableOf(
      `${head}class Net(nn.Module):\n    # input: (3, 4, 4)\n    def __init__(self):\n        super().__init__()\n${layers}\n\n    def forward(self, x):\n${calls}\n        return x\n`,
    );
    const paths = (descending: boolean) =>
      arrangeRows(net, { kind: 'list', sort: { column: 'module', descending } }, false).map(({ path }) => path);
    expect(paths(false)).toEqual(Array.from({ length: 11 }, (_, i) => `layer${i}`));
    expect(paths(true)).toEqual(paths(false).reverse());
  });
});

describe('as text', () => {
  test('for a terminal', () => {
    expect(summaryText(table, { rows: tree(), flat: false }, 32)).toEqual([
      'Net  input (N, 1, 8, 8)',
      '',
      'Module        Type         Output             Parameters   FLOPs     Memory  Receptive field',
      '────────────  ───────────  ────────────  ───────────────  ──────  ─────────  ───────────────',
      'Net           Net          (N, 10)       822 + 40 frozen  12.5 k                 whole input',
      '├─ stem       Conv2d       (N, 4, 4, 4)        40 frozen  1.22 k  256 bytes              3×3',
      '├─ block      Block        (N, 4, 4, 4)              152  4.99 k                         7×7',
      '│  ├─ conv    Conv2d       (N, 4, 4, 4)              144  4.61 k  256 bytes              7×7',
      '│  └─ norm    BatchNorm2d  (N, 4, 4, 4)                8     256  256 bytes              7×7',
      '├─ block      Block        (N, 4, 4, 4)           shared  4.99 k                       11×11',
      '│  ├─ conv    Conv2d       (N, 4, 4, 4)           shared  4.61 k  256 bytes            11×11',
      '│  └─ norm    BatchNorm2d  (N, 4, 4, 4)           shared     256  256 bytes            11×11',
      '├─ head       Linear       (N, 10)                   650  1.29 k   40 bytes      whole input',
      '└─ forgotten  Sequential   not called                 20',
      '',
      'Parameters       822 trained and 40 frozen (3.41 KiB with buffers)',
      'FLOPs            12.5 k an image (a multiply-add is 2)',
      'Activations      2.29 KiB an image, 73.3 KiB for a batch of 32',
      'Receptive field  3 × 3 to 11 × 11 at the end of the convolutional part',
    ]);
  });

  test('with what training takes, where that was reckoned', () => {
    const lineOf = (training: TrainingMemory) =>
      summaryText(table, { rows: tree(), flat: false }, 32, training).find((line) => line.startsWith('Training'));
    const known = { kind: 'known', batchSize: 32, stateBytes: 2 ** 20, arenaBytes: 2 ** 22, scratchBytes: 0 } as const;
    const text = '5.00 MiB on the CPU for a batch of 32 with Adam (state 1.00 MiB, arena 4.00 MiB, scratch 0 bytes)';
    expect(lineOf({ ...known, limitBytes: 2 ** 30 })).toBe(`Training         ${text}`);
    expect(lineOf({ ...known, limitBytes: 2 ** 22 })).toBe(
      `Training         ${text}; more than the 4.00 MiB there are: trained in parts`,
    );
    expect(lineOf({ kind: 'unknown', reason: 'the size is open.' })).toBe(
      'Training         not known: the size is open.',
    );
  });

  test('in Markdown', () => {
    expect(summaryMarkdown(table, { rows: tree(false, 1), flat: false }, 1).split('\n')).toEqual([
      '**Net**, input (N, 1, 8, 8)',
      '',
      '| Module | Type | Input | Output | Parameters | FLOPs | Memory | Receptive field |',
      '| --- | --- | --- | --- | ---: | ---: | ---: | ---: |',
      '| `Net` | Net | (N, 1, 8, 8) | (N, 10) | 822 + 40 frozen | 12.5 k |  | whole input |',
      '| &nbsp;&nbsp;`stem` | Conv2d | (N, 1, 8, 8) | (N, 4, 4, 4) | 40 frozen | 1.22 k | 256 bytes | 3×3 |',
      '| &nbsp;&nbsp;`block` | Block | (N, 4, 4, 4) | (N, 4, 4, 4) | 152 | 4.99 k |  | 7×7 |',
      '| &nbsp;&nbsp;`block` | Block | (N, 4, 4, 4) | (N, 4, 4, 4) | shared | 4.99 k |  | 11×11 |',
      '| &nbsp;&nbsp;`head` | Linear | (N, 64) | (N, 10) | 650 | 1.29 k | 40 bytes | whole input |',
      '| &nbsp;&nbsp;`forgotten` | Sequential |  | not called | 20 |  |  |  |',
      '',
      '- Parameters: 822 trained and 40 frozen (3.41 KiB with buffers)',
      '- FLOPs: 12.5 k an image (a multiply-add is 2)',
      '- Activations: 2.29 KiB an image',
      '- Receptive field: 3 × 3 to 11 × 11 at the end of the convolutional part',
      '',
    ]);
  });

  test('as CSV', () => {
    const rows = list({ column: 'parameters', descending: true });
    const [header, ...lines] = summaryCsv(table, { rows, flat: true }).split('\n');
    expect(header).toBe(
      'path,depth,type,input,output,parameters,frozen_parameters,shared,flops,activation_bytes,receptive_field,jump,file,line',
    );
    expect(lines).toEqual([
      'head,1,Linear,"(N, 64)","(N, 10)",650,0,0,1290,40,global,,net.py,23',
      'block.conv,2,Conv2d,"(N, 4, 4, 4)","(N, 4, 4, 4)",144,0,0,4608,256,7x7,2x2,net.py,9',
      'stem,1,Conv2d,"(N, 1, 8, 8)","(N, 4, 4, 4)",0,40,0,1216,256,3x3,2x2,net.py,20',
      'forgotten,1,Sequential,,not called,20,0,0,,,,,net.py,22',
      'block.norm,2,BatchNorm2d,"(N, 4, 4, 4)","(N, 4, 4, 4)",8,0,0,256,256,7x7,2x2,net.py,10',
      'block.conv,2,Conv2d,"(N, 4, 4, 4)","(N, 4, 4, 4)",0,0,1,4608,256,11x11,2x2,net.py,9',
      'block.norm,2,BatchNorm2d,"(N, 4, 4, 4)","(N, 4, 4, 4)",0,0,1,256,256,11x11,2x2,net.py,10',
      '',
    ]);
  });

  test('of a model that PyTorch refuses: where, and what is known up to there', () => {
    const broken = tableOf(source.replace('nn.Linear(64, 10)', 'nn.Linear(60, 10)'));
    const rows = arrangeRows(broken, { kind: 'tree', isOpen: () => true }, false);
    expect(rows.find(({ path }) => path === 'block.conv')?.output).toMatchObject({ shape: ['N', 4, 4, 4] });
    const head = rows.find(({ path }) => path === 'head');
    expect(head?.note).toEqual({ kind: 'problem', text: expect.stringContaining('60') as string });
    expect(head && cellText('output', head, 'pytorch', false)).toBe('refused');
    const text = summaryText(broken, { rows, flat: false }, 1);
    expect(text).toContainEqual(expect.stringMatching(/^line 23: Linear/));
    expect(text).toContain('FLOPs            not known');
    expect(text).toContainEqual(expect.stringMatching(/^Receptive field .* as far as the model is known$/));
  });

  test('with sizes that are not known', () => {
    const symbolic = tableOf(source.replace('# input: (1, 8, 8)', '').replace('self.head(torch.flatten(x, 1))', 'x'));
    const stem = arrangeRows(symbolic, { kind: 'tree', isOpen: () => true }, false)[1];
    expect(stem && cellText('output', stem, 'pytorch', false)).toBe('(N, 4, (H+1)//2, (W+1)//2)');
  });
});

test.each([
  [
    { kind: 'window', size: [7, 7], jump: [2, 2], start: [-3, -3] },
    '7×7 pixels, neighbours 2 pixels apart, the first from pixel −3 on.',
  ],
  [
    { kind: 'window', size: [9, 3], smallest: [5, 3], jump: [0.5, 1], start: [0, 1] },
    '9×3 pixels (its smallest path 5×3), neighbours 0.5×1 pixels apart, the first from pixel 0×1 on.',
  ],
  [{ kind: 'global' }, 'Every element sees the whole input.'],
] as const)('a receptive field in words: %o', (field, text) => {
  expect(fieldDetail(field)).toBe(text);
});

function tableOf(text: string): SummaryTable {
  return summaryTable(analyzeModel({ file: 'net.py', text, target: 'Net' }));
}
