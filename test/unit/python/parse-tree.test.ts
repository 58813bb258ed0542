import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { describe, expect, test } from 'vitest';
import { parseTree } from '../../../src/core/python/syntax/parse-tree';

const folder = path.resolve(import.meta.dirname, '../../../samples/models');
const files = readdirSync(folder).filter((name) => name.endsWith('.py'));

/** Numbers from 0 to 1, always the same. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Every node's name and place. */
function nodesOf(tree: Tree): string[] {
  const nodes: string[] = [];
  tree.iterate({ enter: ({ name, from, to }) => void nodes.push(`${name} ${from} ${to}`) });
  return nodes;
}

const pieces = [
  'x',
  '  # note',
  '\n',
  '\n    ',
  '(',
  ')',
  'def f(x):\n    return x\n',
  '"',
  '    if y:\n',
  ':',
  ' = 3',
];

describe.each(files)('%s', (name) => {
  const original = readFileSync(path.join(folder, name), 'utf8');

  test('a text that is edited piece by piece has the tree that it has when it is parsed alone', () => {
    const random = numbers(name.length);
    let text = original;
    for (let edit = 0; edit < 60; edit++) {
      const at = Math.floor(random() * text.length);
      const removed = random() < 0.4 ? Math.floor(random() * 30) : 0;
      const added = random() < 0.8 ? (pieces[Math.floor(random() * pieces.length)] ?? '') : '';
      text = text.slice(0, at) + added + text.slice(at + removed);
      expect(nodesOf(parseTree(text))).toEqual(nodesOf(parser.parse(text)));
    }
  });
});
