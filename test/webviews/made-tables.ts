import { readFileSync } from 'node:fs';
import path from 'node:path';
import { analyzeModel } from '../../src/core/analysis/analyze-model';
import { summaryTable, type SummaryTable } from '../../src/core/summary/summary-table';
import type { SummarySnapshot, ToSummaryPanel } from '../../src/protocol/summary-panel';

/** The table of a network of the zoo, as the host would send it. */
export function zooTable(name: string, target: string): SummaryTable {
  const file = path.resolve(__dirname, '../../samples/models', `${name}.py`);
  return summaryTable(analyzeModel({ file, text: readFileSync(file, 'utf8'), target }));
}

/** The table of a class `Net` whose `__init__` and `forward` hold these lines. */
export function madeTable(init: readonly string[], forward: readonly string[], input = '(3, 8, 8)'): SummaryTable {
  const lines = (all: readonly string[]) => all.map((line) => `        ${line}\n`).join('');
  const text = `import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\nclass Net(nn.Module):\n    # input: ${input}\n    def __init__(self):\n        super().__init__()\n${lines(init)}\n    def forward(self, x):\n${lines(forward)}`;
  return summaryTable(analyzeModel({ file: '/work/net.py', text, target: 'Net' }));
}

export function snapshot(models: readonly SummaryTable[], more: Partial<SummarySnapshot> = {}): ToSummaryPanel {
  return {
    type: 'snapshot',
    snapshot: {
      file: 'net.py',
      models,
      targets: models.map(({ target }) => target),
      target: null,
      failures: [],
      ...more,
    },
  };
}
