import { describe, expect, it } from 'vitest';
import {
  readChosenTarget,
  readRememberedData,
  rememberData,
  rememberTarget,
} from '../../../src/extension/train/remembered-choices';

/** What VS Code keeps for a workspace. */
function memento(initial: Record<string, unknown> = {}) {
  const values = new Map(Object.entries(initial));
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string) => values.get(key) as T | undefined,
    update: (key: string, value: unknown) => {
      values.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
}

const digits = { name: 'digits', path: '/data/digits', imageShape: [1, 28, 28], classCount: 10 };

describe('what is remembered of models', () => {
  it('is the data that each target was trained on', async () => {
    const state = memento();
    await rememberData(state, { file: '/net.py', target: 'A' }, digits);
    await rememberData(state, { file: '/net.py', target: 'B' }, { ...digits, name: 'shapes', imageShape: undefined });
    await rememberData(state, { file: '/other.py', target: 'A' }, digits);
    const known = readRememberedData(state, '/net.py');
    expect(known.A).toEqual(digits);
    expect(known.B?.imageShape).toBeUndefined();
    expect(readRememberedData(state, '/none.py')).toEqual({});
  });

  it('is the target that was chosen for a file', async () => {
    const state = memento();
    await rememberTarget(state, '/net.py', 'resnet50');
    expect(readChosenTarget(state, '/net.py')).toBe('resnet50');
    expect(readChosenTarget(state, '/other.py')).toBeUndefined();
  });

  it('is nothing of what another version may have kept', () => {
    const state = memento({ 'models.data': { '/net.py': { A: { name: 3 }, B: null } }, 'models.target': 'x' });
    expect(readRememberedData(state, '/net.py')).toEqual({});
    expect(readChosenTarget(state, '/net.py')).toBeUndefined();
  });

  it('forgets the oldest of very many files', async () => {
    const state = memento();
    for (let file = 0; file < 250; file++) await rememberTarget(state, `/${file}.py`, 'Net');
    expect(readChosenTarget(state, '/0.py')).toBeUndefined();
    expect(readChosenTarget(state, '/249.py')).toBe('Net');
  });
});
