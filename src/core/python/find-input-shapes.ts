import type { SourceRange } from '../graph/graph';
import type { SourceFile } from './source-file';
import { visitExpressions } from './syntax/names-used';
import type { Body, Expression, Span, Statement } from './syntax/syntax';

/** A shape without the batch, and where it stands. */
export interface FoundComment {
  readonly shape: readonly number[];
  readonly range: SourceRange;
}

export interface FoundCall {
  readonly shape: readonly number[];
  readonly span: Span;
}

/** The shape in a comment `# input: (1, 28, 28)` in the definition, on the line of its head, or right above it. */
export function shapeComment(file: SourceFile, definition: Span): FoundComment | undefined {
  const first = file.positionAt(definition.from).line;
  const last = file.positionAt(definition.to).line;
  for (let line = first; line <= last; line++) {
    const found = shapeInComment(file, line);
    if (found) return found;
  }
  for (let line = first - 1; line > 0; line--) {
    const text = file.lineText(line);
    if (!/^\s*[#@]/.test(text)) return undefined;
    const found = shapeInComment(file, line);
    if (found) return found;
  }
  return undefined;
}

function shapeInComment(file: SourceFile, line: number): FoundComment | undefined {
  const pattern = /#\s*input(?:\s+shape)?\s*:\s*[([]?\s*(\d+(?:\s*[,x×]\s*\d+)*)\s*,?\s*[)\]]?/i;
  const found = pattern.exec(file.lineText(line));
  if (!found) return undefined;
  const [comment, numbers = ''] = found;
  const columns = { startColumn: found.index, endColumn: found.index + comment.length };
  return {
    shape: numbers.split(/\s*[,x×]\s*/).map(Number),
    range: { file: file.path, startLine: line, endLine: line, ...columns },
  };
}

/**
 * Input shapes (without the batch) that the file's top level shows: `model(torch.randn(8, 3, 32, 32))` and
 * `summary(model, (3, 32, 32))`, by the name of the class or function that made the model, and of the variable.
 */
export function findInputShapes(statements: Body): ReadonlyMap<string, FoundCall> {
  const shapes = new Map<string, FoundCall>();
  /** Which class or function made a variable's value, and what tensors of known sizes stand in variables. */
  const makers = new Map<string, string>();
  const tensors = new Map<string, readonly number[]>();
  const note = (model: Expression | undefined, shape: readonly number[] | undefined, { from, to }: Span): void => {
    if (!model || !shape || shape.length === 0) return;
    const name = model.kind === 'name' ? model.id : makerOf(model);
    if (name === undefined) return;
    const found = { shape, span: { from, to } };
    if (!shapes.has(name)) shapes.set(name, found);
    const maker = makers.get(name);
    if (maker !== undefined && !shapes.has(maker)) shapes.set(maker, found);
  };
  const look = (statement: Statement): void => {
    if (statement.kind === 'assign') {
      const maker = makerOf(statement.value);
      const shape = tensorShape(statement.value, tensors);
      for (const target of statement.targets) {
        if (target.kind !== 'name') continue;
        if (maker !== undefined) makers.set(target.id, maker);
        if (shape) tensors.set(target.id, shape);
      }
    }
    visitExpressions(statement, (expression) => {
      if (expression.kind !== 'call') return;
      const [first, second] = expression.positional;
      const callee =
        expression.callee.kind === 'attribute'
          ? expression.callee.name
          : expression.callee.kind === 'name'
            ? expression.callee.id
            : '';
      if (/^summary$/.test(callee)) {
        const named = expression.keyword.find((argument) => argument.name === 'input_size')?.value;
        note(first, summaryShape(named ?? second, callee), expression);
      }
      const shape = first && tensorShape(first, tensors);
      if (shape && shape.length > 1) note(expression.callee, shape.slice(1), expression);
    });
  };
  for (const statement of topLevel(statements)) look(statement);
  return shapes;
}

/** The top level with the bodies of `if`, `with` and functions without models: where code shows how a model is called. */
function topLevel(statements: Body): Statement[] {
  return statements.flatMap((statement): Statement[] => {
    switch (statement.kind) {
      case 'if':
        return [...statement.branches.flatMap((branch) => topLevel(branch.body)), ...topLevel(statement.otherwise)];
      case 'with':
      case 'try':
      case 'function':
        return topLevel(statement.body);
      case 'class':
        return [];
      default:
        return [statement];
    }
  });
}

/** `Net` of `Net(10)`, also of `Net(10).to(device)`. */
function makerOf(value: Expression): string | undefined {
  if (value.kind !== 'call') return undefined;
  if (value.callee.kind === 'name') return value.callee.id;
  if (value.callee.kind === 'attribute' && ['to', 'cuda', 'eval', 'train', 'float'].includes(value.callee.name)) {
    return makerOf(value.callee.object);
  }
  return undefined;
}

const tensorMakers = ['randn', 'rand', 'zeros', 'ones', 'empty', 'randint'];

/** The sizes of `torch.randn(8, 3, 32, 32)`, `torch.zeros((1, 1, 28, 28)).to(device)`, or of a variable that holds one. */
function tensorShape(
  value: Expression,
  tensors: ReadonlyMap<string, readonly number[]>,
): readonly number[] | undefined {
  if (value.kind === 'name') return tensors.get(value.id);
  if (value.kind !== 'call' || value.callee.kind !== 'attribute') return undefined;
  const { object, name } = value.callee;
  if (tensorMakers.includes(name) && object.kind === 'name' && object.id === 'torch') {
    const [first] = value.positional;
    return first && (first.kind === 'tuple' || first.kind === 'list')
      ? numbersOf(first.items)
      : numbersOf(value.positional);
  }
  return ['to', 'cuda', 'float', 'requires_grad_'].includes(name) ? tensorShape(object, tensors) : undefined;
}

/** torchsummary's size has no batch, torchinfo's has; a size of four is one with a batch. */
function summaryShape(value: Expression | undefined, callee: string): readonly number[] | undefined {
  if (value?.kind !== 'tuple' && value?.kind !== 'list') return undefined;
  const numbers = numbersOf(value.items);
  return callee === 'summary' && numbers?.length === 4 ? numbers.slice(1) : numbers;
}

function numbersOf(items: readonly Expression[]): readonly number[] | undefined {
  const numbers = items.map((item) => (item.kind === 'number' && !item.float ? item.value : undefined));
  return numbers.every((value) => value !== undefined) ? numbers : undefined;
}
