import type { Span } from '../../python/syntax/syntax';

/*
 * JavaScript's abstract syntax, as far as model code needs it; TypeScript's types are left out, as its compiler does.
 * Offsets are characters in the file's text. What the parser could not read stands as `invalid`, what is not followed
 * (decorators, JSX, …) as `unsupported`; both matter only when they are run.
 */

export type Expression = Span &
  (
    | { readonly kind: 'identifier'; readonly name: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' | 'this' | 'super' }
    | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: 'array'; readonly items: readonly Item[] }
    | { readonly kind: 'object'; readonly members: readonly ObjectMember[] }
    | FunctionExpression
    | ClassExpression
    | MemberExpression
    | CallExpression
    | { readonly kind: 'new'; readonly callee: Expression; readonly items: readonly Item[] }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    /** `i++`, `--i` */
    | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'logical';
        readonly operator: LogicalOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly body: Expression;
        readonly otherwise: Expression;
      }
    | { readonly kind: 'assign'; readonly target: Pattern; readonly value: Expression }
    /** `x += 1`, `x ??= y` */
    | {
        readonly kind: 'update';
        readonly target: Expression;
        readonly operator: BinaryOperator | LogicalOperator;
        readonly value: Expression;
      }
    | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
    /** Brackets end an optional chain: `(a?.b).c`. */
    | { readonly kind: 'group' | 'await'; readonly value: Expression }
    | { readonly kind: 'unsupported' | 'invalid'; readonly message: string }
  );

export interface Item extends Span {
  /** Missing: a hole in an array. */
  readonly value: Expression | undefined;
  readonly spread: boolean;
}

export type ObjectMember = Span &
  (
    | { readonly kind: 'property'; readonly key: PropertyKey; readonly value: Expression }
    | { readonly kind: 'spread'; readonly value: Expression }
    | { readonly kind: 'getter' | 'setter'; readonly key: PropertyKey; readonly value: FunctionExpression }
  );

/** A name as it is written, or `[computed]`. */
export type PropertyKey = string | Expression;

export interface MemberExpression extends Span {
  readonly kind: 'member';
  readonly object: Expression;
  readonly key: PropertyKey;
  /** `object?.key` */
  readonly optional: boolean;
}

export interface CallExpression extends Span {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly items: readonly Item[];
  /** `callee?.()` */
  readonly optional: boolean;
}

export interface FunctionExpression extends Span {
  readonly kind: 'function';
  /** '' for arrow functions and those without a name. */
  readonly name: string;
  readonly nameSpan: Span;
  readonly parameters: readonly Parameter[];
  readonly body: Body | Expression;
  /** Without its own `this`. */
  readonly arrow: boolean;
  readonly async: boolean;
  readonly generator: boolean;
}

export interface Parameter {
  readonly target: Pattern;
  readonly default: Expression | undefined;
  readonly rest: boolean;
  /** TypeScript: `classes?: number`. */
  readonly optional: boolean;
}

export interface ClassExpression extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly nameSpan: Span;
  readonly base: Expression | undefined;
  readonly members: readonly ClassMember[];
}

export type ClassMember = Span & { readonly static: boolean } & (
    | {
        readonly kind: 'method' | 'getter' | 'setter';
        readonly key: PropertyKey;
        readonly value: FunctionExpression;
        /** TypeScript: fields that parameters of the constructor make (`constructor(private units: number)`). */
        readonly fields: readonly string[];
      }
    | { readonly kind: 'field'; readonly key: PropertyKey; readonly value: Expression | undefined }
    | { readonly kind: 'block'; readonly body: Body }
  );

/** What values are bound to: a variable, a member (in assignments only), or a pattern of such. */
export type Pattern = Span &
  (
    | { readonly kind: 'identifier'; readonly name: string }
    | MemberExpression
    | {
        readonly kind: 'objectPattern';
        readonly properties: readonly {
          readonly key: PropertyKey;
          readonly target: Pattern;
          readonly default: Expression | undefined;
        }[];
        readonly rest: Pattern | undefined;
      }
    | {
        readonly kind: 'arrayPattern';
        readonly items: readonly ({ readonly target: Pattern; readonly default: Expression | undefined } | undefined)[];
        readonly rest: Pattern | undefined;
      }
    | { readonly kind: 'unsupported' | 'invalid'; readonly message: string }
  );

export type UnaryOperator = '!' | '-' | '+' | '~' | 'typeof' | 'void' | 'delete';
export type LogicalOperator = '&&' | '||' | '??';
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '|'
  | '&'
  | '^'
  | '<<'
  | '>>'
  | '>>>'
  | '<'
  | '>'
  | '<='
  | '>='
  | '=='
  | '!='
  | '==='
  | '!=='
  | 'in'
  | 'instanceof';

export type DeclarationKind = 'var' | 'let' | 'const';

export type Statement = Span &
  (
    | { readonly kind: 'expression'; readonly value: Expression }
    | Declaration
    | { readonly kind: 'block'; readonly body: Body }
    | {
        readonly kind: 'if';
        readonly test: Expression;
        readonly body: Statement;
        readonly otherwise: Statement | undefined;
      }
    | {
        readonly kind: 'for';
        readonly start: Statement | undefined;
        readonly test: Expression | undefined;
        readonly step: Expression | undefined;
        readonly body: Statement;
      }
    | {
        readonly kind: 'forOf' | 'forIn';
        /** Missing: an existing variable is assigned. */
        readonly declaration: DeclarationKind | undefined;
        readonly target: Pattern;
        readonly iterable: Expression;
        readonly body: Statement;
      }
    | { readonly kind: 'while' | 'doWhile'; readonly test: Expression; readonly body: Statement }
    | { readonly kind: 'switch'; readonly value: Expression; readonly cases: readonly SwitchCase[] }
    | {
        readonly kind: 'try';
        readonly body: Body;
        readonly handler: { readonly parameter: Pattern | undefined; readonly body: Body } | undefined;
        readonly finally: Body;
      }
    | { readonly kind: 'function'; readonly value: FunctionExpression }
    | { readonly kind: 'class'; readonly value: ClassExpression }
    /** TypeScript's; a member without a value is one more than the member before it. */
    | {
        readonly kind: 'enum';
        readonly name: string;
        readonly members: readonly { readonly name: string; readonly value: Expression | undefined }[];
      }
    | { readonly kind: 'return'; readonly value: Expression | undefined }
    | { readonly kind: 'throw'; readonly value: Expression }
    | { readonly kind: 'break' | 'continue'; readonly label: string | undefined }
    | { readonly kind: 'labeled'; readonly label: string; readonly body: Statement }
    | ImportStatement
    | ExportStatement
    | { readonly kind: 'empty' }
    | { readonly kind: 'unsupported'; readonly message: string }
    /** `whole` is all that the parser took for the statement; the statement's own span is the place of the error. */
    | { readonly kind: 'invalid'; readonly message: string; readonly whole: Span }
  );

export type Body = readonly Statement[];

export interface Declaration extends Span {
  readonly kind: 'declare';
  readonly flavour: DeclarationKind;
  readonly declarations: readonly (Span & { readonly target: Pattern; readonly value: Expression | undefined })[];
}

export interface SwitchCase {
  /** Missing: `default`. */
  readonly test: Expression | undefined;
  readonly body: Body;
}

export interface ImportStatement extends Span {
  readonly kind: 'import';
  readonly module: string;
  /** `'default'` and `'*'` (all as one object) are names too; none: only for its effect, or only types. */
  readonly names: readonly ModuleName[];
}

export interface ModuleName {
  /** Name in the module. */
  readonly name: string;
  /** Name here (of an export: to the outside). */
  readonly alias: string;
}

export type ExportStatement = Span & { readonly kind: 'export' } & (
    | { readonly flavour: 'declaration'; readonly statement: Statement }
    | { readonly flavour: 'default'; readonly value: Expression }
    /** `export {a as b}`, and `export {a} from './x'`, `export * from './x'` (name and alias `'*'`). */
    | { readonly flavour: 'names'; readonly module: string | undefined; readonly names: readonly ModuleName[] }
  );
