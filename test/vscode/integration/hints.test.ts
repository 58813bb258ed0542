import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activated, until, workspaceFolder } from './extension-under-test';

const settings = () => vscode.workspace.getConfiguration('cnn-lab');
const made: string[] = [];

/** A file of the workspace, taken away after its test. */
function write(name: string, text: string): vscode.Uri {
  const file = join(workspaceFolder(), name);
  writeFileSync(file, text);
  made.push(file);
  return vscode.Uri.file(file);
}

async function open(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

/** The place in the middle of the first word of `code`. */
function placeOf(document: vscode.TextDocument, code: string): vscode.Position {
  const offset = document.getText().indexOf(code);
  assert.ok(offset >= 0, `${code} does not stand in ${document.uri.path}`);
  return document.positionAt(offset + 1);
}

async function hoverText(document: vscode.TextDocument, code: string): Promise<string> {
  const command = 'vscode.executeHoverProvider';
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(command, document.uri, placeOf(document, code));
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((each) => (typeof each === 'string' ? each : each.value)),
  );
  return texts.join('\n');
}

async function hintTexts(document: vscode.TextDocument): Promise<string[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const command = 'vscode.executeInlayHintProvider';
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(command, document.uri, all);
  return hints.map(({ position, label }) => `${position.line + 1} ${typeof label === 'string' ? label : ''}`);
}

async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  const command = 'vscode.executeCodeLensProvider';
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(command, document.uri, 100);
  return lenses.map(({ range, command: action }) => `${range.start.line + 1} ${action?.title}`);
}

function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'CNN Lab');
}

async function untilProblems(uri: vscode.Uri, isAsExpected: (problems: vscode.Diagnostic[]) => boolean) {
  return until(vscode.languages.onDidChangeDiagnostics, () => {
    const problems = problemsOf(uri);
    return Promise.resolve(isAsExpected(problems) ? problems : undefined);
  });
}

async function replace(document: vscode.TextDocument, code: string, text: string): Promise<void> {
  const from = document.getText().indexOf(code);
  assert.ok(from >= 0, `${code} does not stand in ${document.uri.path}`);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(
    document.uri,
    new vscode.Range(document.positionAt(from), document.positionAt(from + code.length)),
    text,
  );
  assert.ok(await vscode.workspace.applyEdit(edit));
}

const head = 'import torch\nimport torch.nn as nn\n\n\n';
const brokenModel = `${head}class Broken(nn.Module):
    # input: (3, 32, 32)
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3)
        self.norm = nn.BatchNorm2d(32)
        self.fc = nn.Linear(16 * 30 * 30, 10)

    def forward(self, x):
        x = self.conv(x)
        x = self.norm(x)
        return self.fc(x.flatten(1))
`;

describe('shapes in the code', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const file of made.splice(0)) rmSync(file, { force: true });
  });

  it('are told by a hover, on a layer where it is made and where it is called', async () => {
    await activated();
    const document = await open(vscode.Uri.file(join(workspaceFolder(), 'tiny.py')));
    for (const code of ['nn.Conv2d', 'self.conv', 'self.conv(x)']) {
      const text = await hoverText(document, code);
      assert.match(text, /Conv2d {2}\(N, 1, 16, 16\) → \(N, 4, 16, 16\)/, code);
      assert.match(text, /Parameters: 4·\(1·3² \+ 1\) = 40/);
      assert.match(text, /Input \(N, 1, 16, 16\): the comment \(line 5\)/);
    }
    assert.match(await hoverText(document, 'Tiny'), /Tiny {2}\(N, 1, 16, 16\) → \(N, 2\)/);
  });

  it('stand at the ends of the lines of forward, and not where the setting says so', async () => {
    const document = await open(vscode.Uri.file(join(workspaceFolder(), 'tiny.py')));
    assert.deepEqual(await hintTexts(document), ['14 → (N, 4, 4, 4)', '15 → (N, 2)']);
    try {
      await settings().update('inlayHints', 'off', vscode.ConfigurationTarget.Workspace);
      assert.deepEqual(await hintTexts(document), []);
    } finally {
      await settings().update('inlayHints', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('stand over the model, with what can be done with it', async () => {
    const document = await open(vscode.Uri.file(join(workspaceFolder(), 'tiny.py')));
    assert.deepEqual(await lensTitles(document), [
      '4 ▷ Train',
      '4 Look Inside',
      '4 Summary',
      '4 170 parameters',
      '4 Receptive field 6 × 6',
      '4 input (1, 16, 16)',
    ]);
    try {
      await settings().update('codeLens', false, vscode.ConfigurationTarget.Workspace);
      assert.deepEqual(await lensTitles(document), []);
    } finally {
      await settings().update('codeLens', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('are told for the code as it stands in the editor, saved or not', async () => {
    const document = await open(vscode.Uri.file(join(workspaceFolder(), 'tiny.py')));
    await replace(document, 'nn.Conv2d(1, 4,', 'nn.Conv2d(1, 12,');
    assert.ok(document.isDirty);
    assert.match(await hoverText(document, 'self.conv(x)'), /→ \(N, 12, 16, 16\)/);
  });

  it('stay on lines that were not edited while another line is being typed, and go from that one', async () => {
    const document = await open(vscode.Uri.file(join(workspaceFolder(), 'tiny.py')));
    await hoverText(document, 'nn.Conv2d');
    await replace(document, '        self.pool = nn.MaxPool2d(4)', '\n        self.pool = nn.MaxPool2d((4');
    assert.match(await hoverText(document, 'nn.Conv2d'), /→ \(N, 4, 16, 16\)/);
    assert.match(await hoverText(document, 'self.conv(x)'), /→ \(N, 4, 16, 16\)/);
    assert.equal(await hoverText(document, 'nn.MaxPool2d'), '');
    assert.deepEqual(await hintTexts(document), ['15 → (N, 4, 4, 4)', '16 → (N, 2)']);
  });

  it('follow an edit of a file that is imported', async () => {
    const blocks = write(
      'blocks.py',
      `${head}class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 5, 3)\n\n    def forward(self, x):\n        return self.conv(x)\n`,
    );
    const uri = write(
      'importing.py',
      `${head}from blocks import Block\n\n\n# input: (3, 8, 8)\nclass Importing(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.block = Block()\n\n    def forward(self, x):\n        return self.block(x)\n`,
    );
    const { api } = await activated();
    const imported = await open(blocks);
    const document = await open(uri);
    assert.match(await hoverText(document, 'self.block(x)'), /→ \(N, 5, 6, 6\)/);
    await replace(imported, 'nn.Conv2d(3, 5, 3)', 'nn.Conv2d(3, 7, 3)');
    assert.ok(imported.isDirty);
    await until(api.analyses.onDidChange, async () =>
      /→ \(N, 7, 6, 6\)/.test(await hoverText(document, 'self.block(x)')) ? true : undefined,
    );
    await vscode.window.showTextDocument(imported);
  });

  it('have a problem underlined, and mended by its quick fix', async () => {
    const document = await open(write('broken.py', brokenModel));
    const [problem] = await untilProblems(document.uri, ({ length }) => length === 1);
    assert.ok(problem);
    assert.equal(document.getText(problem.range), '32');
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem.relatedInformation?.length, 1);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const [fix] = actions.filter(({ title }) => title === 'Change num_features to 16');
    assert.ok(fix?.edit, `offered: ${actions.map(({ title }) => title).join(', ')}`);
    assert.equal(fix.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await untilProblems(document.uri, ({ length }) => length === 0);
    assert.match(document.getText(), /nn\.BatchNorm2d\(16\)/);
    assert.match(await hoverText(document, 'self.norm(x)'), /BatchNorm2d {2}\(N, 16, 30, 30\) → \(N, 16, 30, 30\)/);
  });

  it('have no problems underlined where the setting says so, nor after the document was closed', async () => {
    const uri = write('closed.py', brokenModel);
    // Opened as a person does it: VS Code keeps what an extension has opened for minutes.
    await vscode.commands.executeCommand('vscode.open', uri);
    await untilProblems(uri, ({ length }) => length === 1);
    try {
      await settings().update('diagnostics', false, vscode.ConfigurationTarget.Workspace);
      await untilProblems(uri, ({ length }) => length === 0);
    } finally {
      await settings().update('diagnostics', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await untilProblems(uri, ({ length }) => length === 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await untilProblems(uri, ({ length }) => length === 0);
  });

  it('are symbols where nobody says the input, until the setting or a comment does', async () => {
    const uri = write(
      'free.py',
      brokenModel
        .replace(/ {4}# input.*\n/, '')
        .replace('(32)', '(16)')
        .replace(/16 \* 30 \* 30/, '14400'),
    );
    const document = await open(uri);
    assert.match(await hoverText(document, 'nn.Conv2d'), /\(N, 3, H, W\) → \(N, 16, H-2, W-2\)/);
    const argument = { uri: uri.toString(), shape: [3, 32, 32] };
    try {
      await vscode.commands.executeCommand('cnn-lab.setInputShape', { ...argument, where: 'workspace' });
      assert.equal(settings().get('inputShape'), '3, 32, 32');
      const text = await hoverText(document, 'nn.Conv2d');
      assert.match(text, /\(N, 3, 32, 32\) → \(N, 16, 30, 30\)/);
      assert.match(text, /the setting `cnn-lab.inputShape`/);
    } finally {
      await settings().update('inputShape', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await vscode.commands.executeCommand('cnn-lab.setInputShape', {
      ...argument,
      shape: [3, 48, 48],
      where: 'comment',
    });
    assert.match(document.getText(), /# input: \(3, 48, 48\)\nclass Broken/);
    assert.match(await hoverText(document, 'nn.Conv2d'), /\(N, 3, 48, 48\) → \(N, 16, 46, 46\)/);
    await vscode.commands.executeCommand('cnn-lab.setInputShape', {
      ...argument,
      shape: [3, 64, 64],
      where: 'comment',
    });
    assert.equal(document.getText().match(/# input/g)?.length, 1);
    await vscode.commands.executeCommand('undo');
    assert.match(document.getText(), /# input: \(3, 48, 48\)\nclass Broken/);
  });

  it('are told for the images that the model was last trained on, and the classes are compared', async () => {
    await activated();
    const uri = write(
      'trained.py',
      `${head}class Trained(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(1, 4, 3)\n        self.fc = nn.Linear(784, 3)\n\n    def forward(self, x):\n        return self.fc(self.conv(x).flatten(1))\n`,
    );
    const document = await open(uri);
    const model = { file: uri.fsPath, target: 'Trained' };
    const data = join(workspaceFolder(), 'blobs');
    const result = await vscode.commands.executeCommand('cnn-lab.trainModel', {
      model,
      data,
      config: { epochs: 1, batchSize: 16 },
    });
    assert.ok(result);
    const [warning] = await untilProblems(uri, ({ length }) => length === 1);
    assert.equal(warning?.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(warning && document.getText(warning.range), '3');
    const text = await hoverText(document, 'nn.Conv2d');
    assert.match(text, /\(N, 1, 16, 16\) → \(N, 4, 14, 14\)/);
    assert.match(text, /the data set blobs/);
  });

  it('are shown for the model that is chosen', async () => {
    const uri = write(
      'sizes.py',
      `${head}class Net(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n        self.conv = nn.Conv2d(3, width, 3)\n\n    def forward(self, x):\n        return self.conv(x)\n\n\ndef small():\n    # input: (3, 8, 8)\n    return Net(4)\n\n\ndef large():\n    # input: (3, 8, 8)\n    return Net(64)\n`,
    );
    const document = await open(uri);
    assert.match(await hoverText(document, 'self.conv(x)'), /→ \(N, 4, 6, 6\)[^]*Shown for `small`/);
    await vscode.commands.executeCommand('cnn-lab.chooseTarget', { uri: uri.toString(), target: 'large' });
    const { api } = await activated();
    await until(api.analyses.onDidChange, async () =>
      /→ \(N, 64, 6, 6\)[^]*Shown for `large`/.test(await hoverText(document, 'self.conv(x)')) ? true : undefined,
    );
  });

  it('are told in the cells of a notebook, where one uses what another defines', async () => {
    const { api } = await activated();
    const cell = (source: string) => ({ cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null });
    const cells = [
      cell('%matplotlib inline\nimport torch\nimport torch.nn as nn'),
      { cell_type: 'markdown', metadata: {}, source: '# A model' },
      cell(
        'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(3, 6, 5)\n        self.norm = nn.BatchNorm2d(7)\n\n    def forward(self, x):\n        return self.norm(self.conv(x))',
      ),
      cell('net = Net()\nnet(torch.randn(2, 3, 20, 20))'),
    ];
    const metadata = { language_info: { name: 'python' } };
    const uri = write('net.ipynb', JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    const document = notebook.cellAt(2).document;
    assert.equal(document.languageId, 'python');
    const text = await hoverText(document, 'nn.Conv2d');
    assert.match(text, /Conv2d {2}\(N, 3, 20, 20\) → \(N, 6, 16, 16\)/);
    assert.match(text, /the call \(cell 3, line 2\)/);
    const [problem] = await untilProblems(document.uri, ({ length }) => length === 1);
    assert.equal(problem && document.getText(problem.range), '7');
    await replace(document, 'nn.BatchNorm2d(7)', 'nn.BatchNorm2d(6)');
    await until(api.analyses.onDidChange, async () =>
      (await hintTexts(document)).includes('8 → (N, 6, 16, 16)') ? true : undefined,
    );
    assert.deepEqual(problemsOf(document.uri), []);
    assert.ok((await lensTitles(document)).includes('1 Summary'));
  });

  it('are told in TensorFlow.js and Keras code, as those write them', async () => {
    const script = await open(
      write(
        'net.js',
        "import * as tf from '@tensorflow/tfjs';\n\nconst model = tf.sequential();\nmodel.add(tf.layers.conv2d({ inputShape: [28, 28, 1], kernelSize: 5, filters: 8 }));\nmodel.add(tf.layers.flatten());\nmodel.add(tf.layers.dense({ units: 10 }));\n",
      ),
    );
    assert.match(await hoverText(script, 'conv2d'), /Conv2D {2}\[null, 28, 28, 1\] → \[null, 24, 24, 8\]/);
    assert.deepEqual(await hintTexts(script), ['4 → [null, 24, 24, 8]', '5 → [null, 4608]', '6 → [null, 10]']);
    const keras = await open(
      write(
        'keras_net.py',
        'from tensorflow import keras\nfrom tensorflow.keras import layers\n\ninputs = keras.Input(shape=(28, 28, 1))\nx = layers.Conv2D(8, 5)(inputs)\nx = layers.Flatten()(x)\nmodel = keras.Model(inputs, layers.Dense(10)(x))\n',
      ),
    );
    assert.match(await hoverText(keras, 'Conv2D(8'), /Conv2D {2}\(None, 28, 28, 1\) → \(None, 24, 24, 8\)/);
    assert.deepEqual(await hintTexts(keras), ['5 → (None, 24, 24, 8)', '6 → (None, 4608)', '7 → (None, 10)']);
    assert.ok(!(await lensTitles(keras)).some((title) => title.includes('Train')));
  });

  it('open as a summary, from the lens above the model', async () => {
    const uri = vscode.Uri.file(join(workspaceFolder(), 'tiny.py'));
    await open(uri);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
    const lens = lenses.find(({ command }) => command?.title === 'Summary')?.command;
    assert.ok(lens);
    await vscode.commands.executeCommand(lens.command, ...((lens.arguments ?? []) as unknown[]));
    const isSummary = ({ input }: vscode.Tab) =>
      input instanceof vscode.TabInputWebview && input.viewType.endsWith('cnn-lab.summary');
    const hasSummary = () => vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(isSummary));
    await until(vscode.window.tabGroups.onDidChangeTabs, () => Promise.resolve(hasSummary() || undefined));
  });

  it('are not looked for in files without models', async () => {
    const { api } = await activated();
    const plain = await open(write('plain.py', 'import os\n\nprint(os.name)\n'));
    assert.equal(await hoverText(plain, 'os.name'), '');
    assert.equal(api.analyses.current(plain.uri), undefined);
    await assert.rejects(api.analyses.analyze(plain.uri), /There is no model in plain\.py/);
    const script = await open(write('script.js', 'const layers = map.getLayers();\n'));
    assert.equal(api.analyses.current(script.uri), undefined);
  });
});
