import type { Body, ClassDefinition, Expression, FunctionDefinition, Statement } from './syntax/syntax';
import { visitExpressions } from './syntax/names-used';

/** Where Keras stands in a file: which names mean it. */
export interface KerasNames {
  /** The file imports Keras: `Model(…)` and `class Net(Model)` are Keras' own. */
  readonly imported: boolean;
}

const kerasPackage = /^(keras|tf_keras|tensorflow)(\.|$)/;

/** Whether the file imports Keras or TensorFlow, at its top level or where it tries to. */
export function kerasNames(statements: Body): KerasNames {
  const imports = (body: Body): boolean =>
    body.some((statement) => {
      if (statement.kind === 'import') {
        return statement.flavour === 'modules'
          ? statement.modules.some(({ name }) => kerasPackage.test(name))
          : kerasPackage.test(statement.module);
      }
      if (statement.kind === 'try')
        return imports(statement.body) || statement.handlers.some(({ body: handler }) => imports(handler));
      return statement.kind === 'if' && statement.branches.some((branch) => imports(branch.body));
    });
  return { imported: imports(statements) };
}

const modelNames = ['Sequential', 'Model', 'Functional'];

/** `keras.Sequential([…])`, `tf.keras.Model(inputs, outputs)`, `models.Sequential()`, `Model(…)` of a file that imports Keras. */
export function isKerasModelCall(value: Expression, { imported }: KerasNames): boolean {
  if (value.kind !== 'call' || !imported) return false;
  const name = dottedName(value.callee);
  if (!/^((tf|tensorflow)\.)?(keras\.)?(models\.)?\w+$/.test(name)) return false;
  return modelNames.includes(name.replace(/^.*\./, ''));
}

/** A class derived from keras.Model, Sequential or Layer, by its base's name or by way of one in `found`. */
export function isKerasClass(definition: ClassDefinition, { imported }: KerasNames): boolean {
  return (
    imported &&
    definition.bases.some((base) => [...modelNames, 'Layer'].includes(dottedName(base).replace(/^.*\./, '')))
  );
}

/** A layer is a part: it is no model as long as the file has one. */
export function isKerasLayerDefinition(definition: ClassDefinition, names: KerasNames): boolean {
  return (
    isKerasClass(definition, names) &&
    definition.bases.some((base) => dottedName(base).replace(/^.*\./, '') === 'Layer')
  );
}

/** `class LeNet: @staticmethod def build(…)`: functions in classes that are no models themselves. */
export function staticBuilders(
  statements: Body,
  returnsModel: (body: Body) => boolean,
): readonly { readonly name: string; readonly definition: FunctionDefinition }[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'class') return [];
    return statement.body.flatMap((member) => {
      if (member.kind !== 'function') return [];
      const isStatic = member.decorators.some(
        (decorator) => decorator.kind === 'name' && decorator.id === 'staticmethod',
      );
      if (!isStatic || !returnsModel(member.body)) return [];
      return [{ name: `${statement.name}.${member.name}`, definition: member }];
    });
  });
}

/**
 * Models in variables that other models in variables are made of: called on tensors between the two (`x = encoder(x)`), or
 * named in the other's making (`Sequential([model, Softmax()])`).
 */
export function kerasInnerModels(
  statements: Body,
  variables: readonly { readonly name: string; readonly from: number; readonly statement: Statement }[],
  { imported }: KerasNames,
): ReadonlySet<string> {
  const inner = new Set<string>();
  const [last] = [...variables].sort((a, b) => b.from - a.from);
  if (!imported || !last) return inner;
  for (const { name, from } of variables) {
    if (name === last.name) continue;
    for (const statement of statements) {
      if (statement.from <= from || statement.from > last.statement.from) continue;
      const isMaking = variables.some((other) => other.name !== name && other.statement === statement);
      visitExpressions(statement, (expression) => {
        const isCalled =
          expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.id === name;
        const isNamed = isMaking && expression.kind === 'name' && expression.id === name;
        if (isCalled || isNamed) inner.add(name);
      });
    }
  }
  return inner;
}

/** `tf.keras.Model` as it is written; '' for what is not a name. */
function dottedName(expression: Expression): string {
  if (expression.kind === 'name') return expression.id;
  if (expression.kind !== 'attribute') return '';
  const object = dottedName(expression.object);
  return object === '' ? '' : `${object}.${expression.name}`;
}
