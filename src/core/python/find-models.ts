import type { SourceRange } from '../graph/graph';
import { SourceFile, sourceRangeOf } from './source-file';
import {
  isKerasClass,
  isKerasLayerDefinition,
  isKerasModelCall,
  kerasInnerModels,
  kerasNames,
  staticBuilders,
  type KerasNames,
} from './find-keras-models';
import { isLibraryModelCall, libraryModelNames } from './find-library-models';
import { findInputShapes, shapeComment, type FoundCall } from './find-input-shapes';
import { namesUsedBy } from './syntax/names-used';
import { parseModule } from './syntax/parse-module';
import type {
  Body,
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Parameters,
  Span,
  Statement,
} from './syntax/syntax';

/** A model that a file declares: what a picker or a code lens shows. */
/** What in the code says the shape of a model's input. */
export type InputOrigin =
  /** `# input: (1, 28, 28)` */
  | { readonly kind: 'comment'; readonly range?: SourceRange }
  /** A call in the file shows it: `model(torch.randn(8, 3, 32, 32))`. */
  | { readonly kind: 'call'; readonly range?: SourceRange }
  /** The code itself: Keras' `Input(shape=…)`, `input_shape=…`. */
  | { readonly kind: 'code'; readonly range?: SourceRange };

export interface ModelDeclaration {
  readonly name: string;
  /** What `traceModel` takes as its target. */
  readonly target: string;
  readonly kind: 'class' | 'function' | 'variable';
  /** 1-based line of the name. */
  readonly line: number;
  /** Character offset of the name. */
  readonly from: number;
  /** Arguments without defaults: with any of these, the target must be an expression that gives them. */
  readonly requiredArguments: readonly string[];
  /** Whether the class or function takes the number of classes. */
  readonly takesClassCount: boolean;
  /** Shape of one input without the batch, e.g. `[1, 28, 28]`, where the file shows it. */
  readonly inputShape: readonly number[] | undefined;
  /** Where that shape stands. */
  readonly inputOrigin?: InputOrigin;
  /** Another class or function of the file uses it: a block, not the whole model. */
  readonly usedByAnother: boolean;
}

const classCountNames = ['num_classes', 'n_classes', 'classes', 'num_labels', 'nclass'];

/**
 * Lists the models of a file without running it: classes derived from nn.Module (or with a `forward`, where the base is
 * of another file), functions that return one, and models that stand in variables. Never throws.
 */
export function findModels(text: string, file: string): readonly ModelDeclaration[] {
  const source = new SourceFile(file, text);
  const statements = parseModule(text);
  const classes = statements.filter((statement): statement is ClassDefinition => statement.kind === 'class');
  const keras = kerasNames(statements);
  const library = libraryModelNames(statements);
  const isModelCall = (value: Expression): boolean =>
    isSequentialCall(value) || isKerasModelCall(value, keras) || isLibraryModelCall(value, library);
  const modelClasses = findModelClasses(classes, keras);
  const makers = new Set(modelClasses.map((definition) => definition.name));
  const functions = findBuilders(statements, makers, isModelCall);
  for (const definition of functions) makers.add(definition.name);
  const variables = findVariables(statements, isModelCall);
  const innerModels = kerasInnerModels(statements, variables, keras);
  const definitions = [...modelClasses, ...functions];
  const hasModel =
    functions.length + variables.length > 0 ||
    modelClasses.some((definition) => !isKerasLayerDefinition(definition, keras));
  const uses = definitions.map((definition) => ({ definition, names: namesUsedBy(definition) }));
  const shapes = findInputShapes(statements);
  const declarations = definitions.map((definition): ModelDeclaration => {
    const parameters = parametersOf(definition, classes);
    const { line } = source.positionAt(definition.nameSpan.from);
    return {
      name: definition.name,
      target: definition.name,
      kind: definition.kind,
      line,
      from: definition.nameSpan.from,
      requiredArguments: requiredOf(parameters),
      takesClassCount: parameters.some((parameter) => classCountNames.includes(parameter.name)),
      ...inputOf(source, definition, shapes.get(definition.name)),
      usedByAnother:
        uses.some((use) => use.definition !== definition && use.names.has(definition.name)) ||
        (definition.kind === 'class' && isKerasLayerDefinition(definition, keras) && hasModel),
    };
  });
  // A name that is given again stands for the last model that it was given to.
  const lasting = variables.filter(
    ({ name }, index) => !variables.slice(index + 1).some((later) => later.name === name),
  );
  const declared = lasting.map(({ name, from, statement }): ModelDeclaration => {
    const { line } = source.positionAt(from);
    return {
      name,
      target: name,
      kind: 'variable',
      line,
      from,
      requiredArguments: [],
      takesClassCount: false,
      ...inputOf(source, statement, shapes.get(name)),
      usedByAnother: uses.some((use) => use.names.has(name)) || innerModels.has(name),
    };
  });
  const built = staticBuilders(statements, (body) => returnsModel(body, makers, isModelCall, new Set())).map(
    ({ name, definition }): ModelDeclaration => ({
      name,
      target: name,
      kind: 'function',
      line: source.positionAt(definition.nameSpan.from).line,
      from: definition.nameSpan.from,
      requiredArguments: requiredOf(definition.parameters),
      takesClassCount: definition.parameters.some((parameter) => classCountNames.includes(parameter.name)),
      ...inputOf(source, definition, undefined),
      usedByAnother: false,
    }),
  );
  return [...declarations, ...declared, ...built].sort((a, b) => a.from - b.from);
}

function inputOf(
  source: SourceFile,
  definition: Span,
  called: FoundCall | undefined,
): Pick<ModelDeclaration, 'inputShape' | 'inputOrigin'> {
  const comment = shapeComment(source, definition);
  if (comment) return { inputShape: comment.shape, inputOrigin: { kind: 'comment', range: comment.range } };
  if (!called) return { inputShape: undefined };
  const range = sourceRangeOf({ file: source, ...called.span });
  return { inputShape: called.shape, inputOrigin: { kind: 'call', range } };
}

const moduleBases = ['Module', 'Sequential', 'LightningModule', 'ModuleList'];

function findModelClasses(classes: readonly ClassDefinition[], keras: KerasNames): ClassDefinition[] {
  const found = new Set<string>();
  // Bases may be declared after the classes that name them only in broken code; two passes cost nothing.
  for (const definition of [...classes, ...classes]) {
    const bases = definition.bases.map(lastName);
    const isModel =
      bases.some((base) => moduleBases.includes(base) || found.has(base)) ||
      isKerasClass(definition, keras) ||
      (bases.length > 0 &&
        methodOf(definition, 'forward') !== undefined &&
        !bases.every((base) => isFunctionBase(base)));
    if (isModel) found.add(definition.name);
  }
  return classes.filter((definition) => found.has(definition.name));
}

function isFunctionBase(base: string): boolean {
  return base === 'Function' || base === 'object' || base === 'Dataset';
}

/** Functions that return a call of a model class or of another such function. */
function findBuilders(statements: Body, makers: ReadonlySet<string>, isModelCall: IsModelCall): FunctionDefinition[] {
  const functions = statements.filter(
    (statement): statement is FunctionDefinition => statement.kind === 'function' && !statement.name.startsWith('_'),
  );
  const all = statements.filter((statement): statement is FunctionDefinition => statement.kind === 'function');
  const known = new Set(makers);
  for (let grown = true; grown;) {
    grown = false;
    for (const definition of all) {
      if (known.has(definition.name) || !returnsModel(definition.body, known, isModelCall, new Set())) continue;
      known.add(definition.name);
      grown = true;
    }
  }
  return functions.filter((definition) => known.has(definition.name));
}

/** Follows `model = Net(…)` … `return model`, and `return Net(…)`. */
function returnsModel(
  body: Body,
  makers: ReadonlySet<string>,
  isModelCall: IsModelCall,
  variables: Set<string>,
): boolean {
  const isModel = (value: Expression): boolean => {
    if (value.kind === 'name') return variables.has(value.id);
    if (value.kind === 'conditional') return isModel(value.body) || isModel(value.otherwise);
    return value.kind === 'call' && (makers.has(lastName(value.callee)) || isModelCall(value));
  };
  for (const statement of body) {
    if (statement.kind === 'assign' && isModel(statement.value)) {
      for (const target of statement.targets) if (target.kind === 'name') variables.add(target.id);
    }
    if (statement.kind === 'return' && statement.value && isModel(statement.value)) return true;
    const inner =
      statement.kind === 'if'
        ? [...statement.branches.map((branch) => branch.body), statement.otherwise]
        : statement.kind === 'try' || statement.kind === 'with' || statement.kind === 'for'
          ? [statement.body]
          : [];
    if (inner.some((part) => returnsModel(part, makers, isModelCall, variables))) return true;
  }
  return false;
}

/** Whether an expression makes a model by a class of the framework. */
type IsModelCall = (value: Expression) => boolean;

function isSequentialCall(value: Expression): boolean {
  if (value.kind !== 'call') return false;
  const { callee } = value;
  return (
    lastName(callee) === 'Sequential' &&
    (callee.kind === 'name' || (callee.kind === 'attribute' && ['nn', 'torch.nn'].includes(dottedName(callee.object))))
  );
}

function findVariables(
  statements: Body,
  isModelCall: IsModelCall,
): { name: string; from: number; statement: Statement }[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'assign' || !isModelCall(withoutMoving(statement.value))) return [];
    return statement.targets.flatMap((target) =>
      target.kind === 'name' ? [{ name: target.id, from: target.from, statement }] : [],
    );
  });
}

/** `model` of `model.to(device)`. */
function withoutMoving(value: Expression): Expression {
  const moves =
    value.kind === 'call' && value.callee.kind === 'attribute' && ['to', 'cuda', 'eval'].includes(value.callee.name);
  return moves && value.callee.kind === 'attribute' ? withoutMoving(value.callee.object) : value;
}

/** The parameters of a function, or of a class' `__init__` (its own or one of its bases' in the file), without self. */
function parametersOf(
  definition: ClassDefinition | FunctionDefinition,
  classes: readonly ClassDefinition[],
  depth = 0,
): Parameters {
  if (definition.kind === 'function') return definition.parameters;
  const init = methodOf(definition, '__init__');
  if (init) return init.parameters.slice(1);
  const base = classes.find((candidate) => definition.bases.some((name) => lastName(name) === candidate.name));
  return base && base !== definition && depth < 20 ? parametersOf(base, classes, depth + 1) : [];
}

function requiredOf(parameters: Parameters): string[] {
  return parameters
    .filter(({ kind, default: fallback }) => !fallback && kind !== 'variadic' && kind !== 'keywords')
    .map((parameter) => parameter.name);
}

function methodOf(definition: ClassDefinition, name: string): FunctionDefinition | undefined {
  return definition.body.find(
    (statement): statement is FunctionDefinition => statement.kind === 'function' && statement.name === name,
  );
}

/** `Module` of `torch.nn.Module`; '' for what is not a name. */
export function lastName(expression: Expression): string {
  if (expression.kind === 'name') return expression.id;
  return expression.kind === 'attribute' ? expression.name : '';
}

/** `torch.nn` as it is written; '' for what is not a name. */
function dottedName(expression: Expression): string {
  if (expression.kind === 'name') return expression.id;
  if (expression.kind !== 'attribute') return '';
  const object = dottedName(expression.object);
  return object === '' ? '' : `${object}.${expression.name}`;
}
