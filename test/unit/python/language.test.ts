import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { reprOf } from '../../../src/core/python/runtime/format';
import { Interpreter } from '../../../src/core/python/runtime/interpreter';
import { Tracer } from '../../../src/core/python/runtime/tracer';
import { lookUp } from '../../../src/core/python/runtime/values';
import { SourceFile } from '../../../src/core/python/source-file';

const folder = path.resolve(import.meta.dirname, '../../fixtures/python');

/** What CPython says; made by test/fixtures/python/language_values.py. */
const truth = JSON.parse(readFileSync(path.join(folder, 'language-values.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;

describe.each(Object.entries(truth))('%s', (name, variables) => {
  const file = new SourceFile(name, readFileSync(path.join(folder, 'language', name), 'utf8'));
  const module = new Interpreter(file, new Tracer('scrap', false)).runFile(file);

  test.each(Object.entries(variables))('%s is what CPython makes of it', (variable, expected) => {
    const value = lookUp(module.namespace, variable);
    expect(value && value.kind === 'unknown' ? value.reason : value && reprOf(value)).toBe(expected);
  });
});
