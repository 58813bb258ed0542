import type { SyntaxNode } from '@lezer/common';
import type { ClassExpression, ClassMember } from './javascript-syntax';
import { parseExpression, parseKey } from './parse-expression';
import { parseFunction } from './parse-function';
import { defaultOf, parseParameters } from './parse-pattern';
import { parseBlock } from './parse-statement';
import { childrenOf, inner, problemAt } from './tree';

/** Reads a class. Throws a SyntaxProblem where it could not be read. */
export function parseClass(node: SyntaxNode, text: string): ClassExpression {
  const children = childrenOf(node, text).filter((child) => child.name !== 'Decorator');
  const definition = children.find((child) => child.name === 'VariableDefinition');
  const extending = children.findIndex((child) => child.name === 'extends');
  const base = extending < 0 ? undefined : children[extending + 1];
  const body = children.at(-1);
  if (body?.name !== 'ClassBody') throw problemAt(node, text);
  return {
    kind: 'class',
    name: definition ? text.slice(definition.from, definition.to) : '',
    nameSpan: definition ? { from: definition.from, to: definition.to } : { from: node.from, to: node.from },
    base: base && parseExpression(base, text),
    members: inner(childrenOf(body, text)).flatMap((child) => parseMember(child, text)),
    from: node.from,
    to: node.to,
  };
}

const modifiers: ReadonlySet<string> = new Set([
  'Decorator',
  'static',
  'async',
  'get',
  'set',
  'Star',
  'declare',
  'abstract',
  'override',
  'readonly',
  'accessor',
]);

function parseMember(node: SyntaxNode, text: string): ClassMember[] {
  const children = childrenOf(node, text);
  const span = { from: node.from, to: node.to };
  const has = (name: string): boolean => children.some((child) => child.name === name);
  const isStatic = has('static');
  const named = children.filter((child) => !modifiers.has(child.name));
  switch (node.name) {
    case 'StaticBlock': {
      const block = children.at(-1);
      return block ? [{ kind: 'block', static: true, body: parseBlock(block, text), ...span }] : [];
    }
    case 'PropertyDeclaration':
      if (has('declare') || has('abstract')) return [];
      return [
        { kind: 'field', static: isStatic, key: parseKey(named, text), value: defaultOf(children, text), ...span },
      ];
    case 'MethodDeclaration': {
      // An overload or an abstract method has no body.
      if (children.at(-1)?.name !== 'Block') return [];
      const key = parseKey(named, text);
      const list = children.find((child) => child.name === 'ParamList');
      const fields = list ? parseParameters(list, text).fields : [];
      const value = parseFunction(node, text, typeof key === 'string' ? key : '');
      const kind = has('get') ? 'getter' : has('set') ? 'setter' : 'method';
      return [{ kind, static: isStatic, key, value, fields, ...span }];
    }
    default:
      return [];
  }
}
