import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../../src/extension/command-table';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<Record<string, { description?: string; markdownDescription?: string }>>;
    };
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const table = Object.values(commandTable);

describe('the manifest', () => {
  it('contributes exactly the commands of the table, under the same titles', () => {
    const contributed = contributes.commands.map(({ command, title }) => ({ id: command, title }));
    expect(contributed.sort(byId)).toEqual(table.map(({ id, title }) => ({ id, title })).sort(byId));
    expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['CNN Lab']));
  });

  it('uses only its own commands in menus', () => {
    const ids = new Set<string>(table.map(({ id }) => id));
    const used = Object.values(contributes.menus).flat();
    expect(used.map(({ command }) => command).filter((id) => !ids.has(id))).toEqual([]);
  });

  it('welcomes with links to commands that exist, in views that exist', () => {
    const views = Object.values(contributes.views).flatMap((each) => each.map(({ id }) => id));
    for (const { view, contents } of contributes.viewsWelcome) {
      expect(views).toContain(view);
      const links = [...contents.matchAll(/\(command:([\w.-]+)\)/g)].map(([, id]) => id);
      expect(links.length).toBeGreaterThan(0);
      const known = new Set<string | undefined>([...table.map(({ id }) => id), 'vscode.openFolder']);
      expect(links.filter((id) => !known.has(id))).toEqual([]);
    }
  });

  it('describes every setting', () => {
    for (const [name, setting] of Object.entries(contributes.configuration.properties)) {
      expect(name).toMatch(/^cnn-lab\./);
      expect(setting.description ?? setting.markdownDescription ?? '').toMatch(/\.$/);
    }
  });
});

describe('arguments of commands', () => {
  const file = (fsPath: string) => ({ scheme: 'file', fsPath, path: fsPath });

  it('takes a training from a key binding, and drops what does not fit', () => {
    const { parse } = commandTable.trainModel;
    const config = { epochs: 2 };
    const given = { model: { file: '/m.py', target: 'Net' }, data: '/d', config, folds: 5, name: 'x' };
    expect(parse(given)).toEqual(given);
    expect(parse({ model: { file: 3 }, data: null, config: 'no' })).toEqual({});
    expect(parse({ model: { file: '/m.py' } })).toEqual({ model: { file: '/m.py', target: null } });
    expect(parse(undefined)).toEqual({});
  });

  it('takes a file of the explorer, or an item of the Datasets view', () => {
    const { parse } = commandTable.trainModel;
    expect(parse(file('/work/net.py'))).toEqual({ modelFile: '/work/net.py' });
    expect(parse({ kind: 'dataset', dataset: { name: 'digits', path: '/d' } })).toEqual({ data: '/d' });
  });

  it('takes a run from an item of the Experiments view', () => {
    expect(commandTable.deleteRun.parse({ kind: 'run', runFolder: '/r' })).toEqual({ runFolder: '/r' });
    expect(commandTable.deleteRun.parse('/r')).toBeUndefined();
    expect(commandTable.openCurves.parse({ kind: 'run', runFolder: '/r' })).toEqual({ runFolders: ['/r'] });
    expect(commandTable.openCurves.parse({ kind: 'folds', runFolders: ['/r', '/s'] })).toEqual({
      runFolders: ['/r', '/s'],
    });
    expect(commandTable.openCurves.parse(undefined)).toBeUndefined();
  });

  it('takes an input shape with the place where it shall stand, and drops what is none', () => {
    const { parse } = commandTable.setInputShape;
    const given = { uri: 'file:///net.py', target: 'Net', shape: [3, 32, 32], where: 'comment' };
    expect(parse(given)).toEqual(given);
    expect(parse({ uri: 1, shape: [3, 0, 32], where: 'there' })).toEqual({});
    expect(parse({ shape: [] })).toEqual({});
    expect(parse(undefined)).toEqual({});
  });

  it('takes the model of a summary from a lens, from the explorer, or from the editor', () => {
    const { parse } = commandTable.openSummary;
    expect(parse({ uri: 'file:///net.py', target: 'Net' })).toEqual({ uri: 'file:///net.py', target: 'Net' });
    expect(parse(file('/work/net.py'))).toEqual({ file: '/work/net.py' });
    expect(parse(undefined)).toEqual({});
  });

  it('takes all images that are selected in the explorer', () => {
    const { parse } = commandTable.classifyImage;
    expect(parse(file('/a.png'), [file('/a.png'), file('/b.png')])).toEqual({ images: ['/a.png', '/b.png'] });
    expect(parse(file('/a.png'))).toEqual({ images: ['/a.png'] });
    expect(parse({ runFolder: '/r', images: ['/a.png', 1] })).toEqual({ runFolder: '/r', images: ['/a.png'] });
  });
});

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
