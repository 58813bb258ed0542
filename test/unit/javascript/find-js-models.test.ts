import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findJavaScriptModels } from '../../../src/core/javascript/find-js-models';

const folder = path.join(import.meta.dirname, '../../fixtures/javascript');

function find(text: string, file = 'model.js'): string[] {
  return findJavaScriptModels(text, file).map(({ target, kind, requiredArguments, usedByAnother }) => {
    const needs = requiredArguments.length > 0 ? `(${requiredArguments.join(', ')})` : '';
    return `${kind} ${target}${needs}${usedByAnother ? ' used' : ''}`;
  });
}

describe('models that a file offers', () => {
  test.each([
    ['digits-sequential.js', ['function createModel']],
    ['layers-array.js', ['variable model']],
    ['residual-functional.js', ['function createResNet']],
    ['loops-and-spread.js', ['function default']],
    ['class-method.js', ['function ShapeClassifier.buildModel']],
    ['class-keeps-model.ts', ['class Trainer']],
    ['typed-functional.ts', ['function buildModel']],
    ['local-model.js', ['variable run.model']],
    ['script-tag.js', ['variable setup.model']],
    ['named-imports.js', ['function soundModel']],
    ['uses-blocks.ts', ['function makeNet']],
    ['blocks.ts', []],
    [
      'builders.js',
      ['function builders.small', 'function builders.large', 'function builders.assemble({ units, activation }) used'],
    ],
    ['shared-layers.js', ['function makeEncoder used', 'function createTwins']],
    ['inheritance.js', ['class Base(units)', 'class Deep']],
    ['sequence-model.js', ['function createModel']],
    ['unknown-metadata.js', ['function createModel', 'function createKnown']],
  ])('%s', (file, expected) => {
    expect(find(readFileSync(path.join(folder, file), 'utf8'), file)).toEqual(expected);
  });

  test.each([
    [
      'export const model = await createModel(); async function createModel() { return tf.sequential(); }',
      ['function createModel'],
    ],
    ['const make = (n) => tf.sequential(); const model = make(3);', ['function make(n)', 'variable model']],
    ['let model; model = tf.model({inputs, outputs});', ['variable model']],
    ['module.exports = { build: () => tf.sequential() };', ['function module.exports.build']],
    ['exports.build = function (n = 2) { return tf.sequential(); };', ['function exports.build']],
    [
      'function f(x) { if (x) { return tf.sequential(); } else { const m = tf.model({}); return m; } }',
      ['function f(x)'],
    ],
    ['function f() { return { model: tf.sequential(), other: 1 }; }', ['function f']],
    ['class A { constructor(n) { this.net = tf.sequential(); } }', ['class A(n)']],
    ['class A { static make() { return tf.sequential(); } }', ['function A.make']],
    ['class A { model = this.build(); build() { return tf.sequential(); } }', ['class A', 'function A.build used']],
    ['const model = tf.sequential(); model.add(tf.layers.dense({units: 1});', ['variable model']],
    ['const x = tf.layers.dense({units: 1}); const y = sequential();', []],
    ['import {sequential} from "@tensorflow/tfjs"; const y = sequential();', ['variable y']],
    ['(async () => { const model = tf.sequential(); await model.fit(xs, ys); })();', ['variable anonymous1.model']],
    ['window.onload = function () { net = tf.model({}); };', ['variable anonymous1.net']],
    ['export function build(tf, units = 3) { return tf.sequential(); }', ['function build']],
    ['function helper() { const inner = () => tf.sequential(); return 3; }', []],
  ])('%s', (text, expected) => {
    expect(find(text)).toEqual(expected);
  });

  test('where a name stands, and what the code says of the input', () => {
    const text =
      'const SIZE = 64;\n\nexport function build() {\n  return tf.sequential({layers: [tf.layers.conv2d({inputShape: [SIZE, 48, 3]})]});\n}\n';
    const [found] = findJavaScriptModels(text, 'model.js');
    expect(found).toMatchObject({ name: 'build', line: 3, from: text.indexOf('build'), inputShape: [64, 48, 3] });
    expect(found?.inputOrigin).toMatchObject({ kind: 'code', range: { startLine: 4, startColumn: 51, endColumn: 76 } });
  });

  test('no file is too broken to be looked through', () => {
    const files = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'utf8'));
    for (const text of files) {
      for (let end = 0; end < text.length; end += 97) {
        expect(() => findJavaScriptModels(text.slice(0, end), 'model.ts')).not.toThrow();
      }
    }
  });
});
