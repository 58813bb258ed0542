import type { ModelDeclaration } from '../python/find-models';
import { SourceFile, sourceRangeOf } from '../python/source-file';
import type { Span } from '../python/syntax/syntax';
import { declaredShape } from './declared-shape';
import { anonymousFunctions, assignedModels, isModelCall, isRequired, returnsModel, type Makers } from './makes-model';
import type { Body, ClassExpression, Expression, FunctionExpression, Statement } from './syntax/javascript-syntax';
import { parseScript, type ScriptDialect } from './syntax/parse-script';

/** What a file defines by a name: where it stands, and what it is. */
interface Definition {
  readonly name: string;
  readonly target: string;
  readonly nameSpan: Span;
  readonly value: Expression | undefined;
}

/**
 * Lists the TensorFlow.js models of a file without running it: variables that hold one, functions and methods that
 * return one, classes that keep one, and variables inside of functions that make one. Never throws.
 */
export function findJavaScriptModels(
  text: string,
  file: string,
  language?: ScriptDialect,
): readonly ModelDeclaration[] {
  try {
    return find(text, file, language);
  } catch (error) {
    // Code that is nested too deeply to be read.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function find(text: string, file: string, language: ScriptDialect | undefined): readonly ModelDeclaration[] {
  const source = new SourceFile(file, text);
  const body = parseScript(text, file, language);
  const definitions = body.flatMap((statement) => definitionsOf(statement));
  const makers = findMakers(definitions, body);
  for (const [index, value] of anonymousFunctions(body).entries()) {
    definitions.push({ name: '', target: `anonymous${index + 1}`, nameSpan: value.nameSpan, value });
  }
  const found: Candidate[] = [];
  for (const definition of definitions) found.push(...candidatesOf(definition, makers, found));
  const top = topLevelModels(body, makers).filter(({ name }) => !found.some((candidate) => candidate.name === name));
  const all = [...found, ...top];
  return all
    .map((candidate): ModelDeclaration => {
      const { line } = source.positionAt(candidate.from);
      const declared = declaredShape(text, candidate.whole);
      const others = all.filter((other) => other !== candidate && other.kind !== 'variable');
      return {
        name: candidate.name,
        target: candidate.target,
        kind: candidate.kind,
        line,
        from: candidate.from,
        requiredArguments: candidate.parameters.map(({ from, to }) => text.slice(from, to)),
        takesClassCount: false,
        inputShape: declared?.shape,
        ...(declared
          ? { inputOrigin: { kind: 'code', range: sourceRangeOf({ file: source, ...declared.span }) } }
          : {}),
        usedByAnother: others.some((other) => isUsedIn(text, other, candidate)),
      };
    })
    .sort((a, b) => a.from - b.from);
}

interface Candidate {
  readonly name: string;
  readonly target: string;
  readonly kind: ModelDeclaration['kind'];
  readonly from: number;
  /** Those without a default. */
  readonly parameters: readonly Span[];
  /** The code that makes it. */
  readonly whole: Span;
}

function isUsedIn(text: string, other: Candidate, candidate: Candidate): boolean {
  // A part of the other: a method of the class, a variable of the function.
  if (
    candidate.whole.from >= other.whole.from &&
    candidate.whole.to <= other.whole.to &&
    candidate.kind !== 'function'
  ) {
    return false;
  }
  const outside = candidate.from < other.whole.from || candidate.from >= other.whole.to;
  const code = text.slice(other.whole.from, other.whole.to);
  const call = new RegExp(`(?<![\\w$])${candidate.name.replace(/[$]/g, '\\$')}\\s*\\(`, 'g');
  return (code.match(call)?.length ?? 0) > (outside ? 0 : 1);
}

function definitionsOf(statement: Statement): Definition[] {
  switch (statement.kind) {
    case 'function':
    case 'class':
      return [named(statement.value)];
    case 'declare':
      return statement.declarations.flatMap(({ target, value }): Definition[] =>
        target.kind === 'identifier'
          ? [{ name: target.name, target: target.name, nameSpan: target, value }, ...members(target.name, value)]
          : [],
      );
    case 'export':
      if (statement.flavour === 'declaration') return definitionsOf(statement.statement);
      if (statement.flavour !== 'default') return [];
      if (statement.value.kind === 'function' || statement.value.kind === 'class') {
        const definition = named(statement.value);
        return [definition.name === '' ? { ...definition, name: 'default', target: 'default' } : definition];
      }
      return [{ name: 'default', target: 'default', nameSpan: statement, value: statement.value }];
    case 'expression':
      return commonJsExports(statement.value);
    default:
      return [];
  }
}

function named(value: FunctionExpression | ClassExpression): Definition {
  return { name: value.name, target: value.name, nameSpan: value.nameSpan, value };
}

/** Functions in an object: `const models = { simple() {…}, deep: () => … }`. */
function members(owner: string, value: Expression | undefined): Definition[] {
  if (value?.kind !== 'object') return [];
  return value.members.flatMap((member): Definition[] => {
    if (member.kind !== 'property' || typeof member.key !== 'string' || member.value.kind !== 'function') return [];
    const nameSpan = { from: member.from, to: member.from + member.key.length };
    return [{ name: member.key, target: `${owner}.${member.key}`, nameSpan, value: member.value }];
  });
}

/** `module.exports = {…}`, `exports.createModel = …` */
function commonJsExports(value: Expression): Definition[] {
  if (value.kind !== 'assign' || value.target.kind !== 'member') return [];
  const { object, key } = value.target;
  if (typeof key !== 'string') return [];
  const isExports =
    (object.kind === 'identifier' && object.name === 'exports') ||
    (object.kind === 'member' && object.key === 'exports');
  if (isExports) return [{ name: key, target: `exports.${key}`, nameSpan: value.target, value: value.value }];
  if (object.kind !== 'identifier' || object.name !== 'module' || key !== 'exports') return [];
  if (value.value.kind === 'function') {
    return [{ name: 'exports', target: 'module.exports', nameSpan: value.target, value: value.value }];
  }
  return members('module.exports', value.value);
}

/** Functions that return a model, by name, found until nothing is added: they may call each other. */
function findMakers(definitions: readonly Definition[], body: Body): Makers {
  const makers: { functions: Set<string>; imported: Set<string> } = {
    functions: new Set(),
    imported: importedMakers(body),
  };
  for (let grown = true; grown;) {
    grown = false;
    for (const { name, value } of definitions) {
      if (value?.kind !== 'function' || makers.functions.has(name) || !returnsModel(value, makers)) continue;
      makers.functions.add(name);
      grown = true;
    }
  }
  return makers;
}

/** `import {sequential, model as makeModel} from '@tensorflow/tfjs'`: the names here. */
function importedMakers(body: Body): Set<string> {
  return new Set(
    body.flatMap((statement) =>
      statement.kind === 'import' && statement.module.includes('@tensorflow/tfjs')
        ? statement.names.filter(({ name }) => name === 'sequential' || name === 'model').map(({ alias }) => alias)
        : [],
    ),
  );
}

function candidatesOf(definition: Definition, makers: Makers, earlier: readonly Candidate[]): Candidate[] {
  const { value, name, target, nameSpan } = definition;
  if (!value) return [];
  const base = { name, target, from: nameSpan.from };
  if (value.kind === 'function') {
    if (returnsModel(value, makers) && name !== '') {
      return [{ ...base, kind: 'function', parameters: requiredOf(value), whole: value }];
    }
    return localModels(definition, value, makers);
  }
  if (value.kind === 'class') return classCandidates(definition, value, makers, earlier);
  if (!isModelCall(value, makers)) return [];
  // What a function without arguments makes is found under the function's name.
  const callee = value.kind === 'await' ? value.value : value;
  const repeats =
    callee.kind === 'call' &&
    callee.callee.kind === 'identifier' &&
    makers.functions.has(callee.callee.name) &&
    callee.items.length === 0;
  return repeats ? [] : [{ ...base, kind: 'variable', parameters: [], whole: value }];
}

function requiredOf(value: FunctionExpression): readonly Span[] {
  return value.parameters.filter(isRequired).map(({ target }) => target);
}

/** Models that a function makes and does not return. */
function localModels(definition: Definition, value: FunctionExpression, makers: Makers): Candidate[] {
  if (!Array.isArray(value.body)) return [];
  const direct: Makers = { functions: new Set(), imported: makers.imported };
  return assignedModels(value.body as Body, direct).flatMap((found): Candidate[] =>
    found.owner === 'variable'
      ? [
          {
            name: found.name,
            target: `${definition.target}.${found.name}`,
            kind: 'variable',
            from: found.span.from,
            parameters: [],
            whole: value,
          },
        ]
      : [],
  );
}

/** A class that keeps a model counts as a whole; else its methods that return one. */
function classCandidates(
  definition: Definition,
  value: ClassExpression,
  makers: Makers,
  earlier: readonly Candidate[],
): Candidate[] {
  const methods = value.members.flatMap((member) =>
    member.kind === 'method' && typeof member.key === 'string' ? [{ member, name: member.key }] : [],
  );
  const returning = methods.filter(({ member }) => returnsModel(member.value, makers));
  const own: Makers = { ...makers, methods: new Set(returning.map(({ name }) => name)) };
  const { base } = value;
  const above = earlier.find(({ kind, name }) => kind === 'class' && base?.kind === 'identifier' && base.name === name);
  const required = methods.find(({ name }) => name === 'constructor');
  const parameters = required ? requiredOf(required.member.value) : (above?.parameters ?? []);
  const keeps =
    above !== undefined ||
    value.members.some((member) => member.kind === 'field' && member.value && isModelCall(member.value, own)) ||
    methods.some(
      ({ member }) =>
        Array.isArray(member.value.body) &&
        assignedModels(member.value.body as Body, own).some(({ owner }) => owner === 'this'),
    );
  const found: Candidate[] = returning.map(({ member, name }) => ({
    name,
    target: `${definition.target}.${name}`,
    kind: 'function',
    from: member.value.nameSpan.from,
    parameters: [...(member.static ? [] : parameters), ...requiredOf(member.value)],
    whole: member.value,
  }));
  if (!keeps) return found;
  const { name, target, nameSpan } = definition;
  return [{ name, target, kind: 'class', from: nameSpan.from, parameters, whole: value }, ...found];
}

/** `let model; … model = tf.sequential()` at the top of a file. */
function topLevelModels(body: Body, makers: Makers): Candidate[] {
  const direct: Makers = { functions: new Set(), imported: makers.imported };
  return assignedModels(body, direct).flatMap((found): Candidate[] =>
    found.owner === 'variable'
      ? [
          {
            name: found.name,
            target: found.name,
            kind: 'variable',
            from: found.span.from,
            parameters: [],
            whole: found.value,
          },
        ]
      : [],
  );
}
