/*
 * Python's abstract syntax, as far as model code needs it. Offsets are characters in the file's text.
 * What the parser could not read stands as `invalid`, and matters only when it is run.
 */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Expression = Span &
  (
    | { readonly kind: 'name'; readonly id: string }
    | { readonly kind: 'number'; readonly value: number; readonly float: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'format'; readonly parts: readonly FormatPart[] }
    | { readonly kind: 'constant'; readonly value: true | false | null | '...' }
    | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: readonly Expression[] }
    | { readonly kind: 'dict'; readonly entries: readonly DictEntry[] }
    | Comprehension
    | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly kind: 'subscript'; readonly object: Expression; readonly index: Expression }
    | {
        readonly kind: 'slice';
        readonly start: Expression | undefined;
        readonly stop: Expression | undefined;
        readonly step: Expression | undefined;
      }
    | Call
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'boolean';
        readonly operator: 'and' | 'or';
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'compare';
        readonly operands: readonly Expression[];
        readonly operators: readonly CompareOperator[];
      }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly body: Expression;
        readonly otherwise: Expression;
      }
    | { readonly kind: 'lambda'; readonly parameters: Parameters; readonly body: Expression }
    | { readonly kind: 'starred'; readonly value: Expression }
    | { readonly kind: 'named'; readonly target: Expression; readonly value: Expression }
    | { readonly kind: 'yield'; readonly value: Expression | undefined; readonly delegate: boolean }
    | { readonly kind: 'await'; readonly value: Expression }
    | { readonly kind: 'invalid'; readonly message: string }
  );

export interface Comprehension extends Span {
  readonly kind: 'comprehension';
  readonly flavour: 'list' | 'set' | 'dict' | 'generator';
  /** The key where the flavour is dict. */
  readonly element: Expression;
  readonly value: Expression | undefined;
  readonly clauses: readonly ComprehensionClause[];
}

export type ComprehensionClause =
  | { readonly kind: 'for'; readonly target: Expression; readonly iterable: Expression }
  | { readonly kind: 'if'; readonly test: Expression };

export interface Call extends Span {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly positional: readonly Expression[];
  /** A missing name is `**value`. */
  readonly keyword: readonly { readonly name: string | undefined; readonly value: Expression }[];
}

export type FormatPart =
  | string
  | {
      readonly value: Expression;
      readonly conversion: '' | 's' | 'r' | 'a';
      readonly spec: readonly FormatPart[];
    };

export type DictEntry =
  { readonly key: Expression; readonly value: Expression } | { readonly key: undefined; readonly value: Expression };

export type UnaryOperator = 'not' | '-' | '+' | '~';
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '@' | '|' | '&' | '^' | '<<' | '>>';
export type CompareOperator = '<' | '>' | '==' | '!=' | '<=' | '>=' | 'in' | 'not in' | 'is' | 'is not';

export interface Parameter {
  readonly name: string;
  readonly kind: 'plain' | 'positional-only' | 'keyword-only' | 'variadic' | 'keywords';
  readonly default: Expression | undefined;
}

export type Parameters = readonly Parameter[];

export type Statement = Span &
  (
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
    /** `x: int`, with or without a value. */
    | {
        readonly kind: 'annotated';
        readonly target: Expression;
        readonly annotation: Expression;
        readonly value: Expression | undefined;
      }
    | {
        readonly kind: 'update';
        readonly target: Expression;
        readonly operator: BinaryOperator;
        readonly value: Expression;
      }
    | { readonly kind: 'if'; readonly branches: readonly IfBranch[]; readonly otherwise: Body }
    | {
        readonly kind: 'for';
        readonly target: Expression;
        readonly iterable: Expression;
        readonly body: Body;
        readonly otherwise: Body;
      }
    | { readonly kind: 'while'; readonly test: Expression; readonly body: Body; readonly otherwise: Body }
    | FunctionDefinition
    | ClassDefinition
    | { readonly kind: 'return'; readonly value: Expression | undefined }
    | { readonly kind: 'raise'; readonly value: Expression | undefined }
    | { readonly kind: 'assert'; readonly test: Expression; readonly message: Expression | undefined }
    | { readonly kind: 'delete'; readonly targets: readonly Expression[] }
    | { readonly kind: 'pass' | 'break' | 'continue' }
    | { readonly kind: 'scope'; readonly flavour: 'global' | 'nonlocal'; readonly names: readonly string[] }
    | ImportStatement
    | TryStatement
    | { readonly kind: 'with'; readonly items: readonly WithItem[]; readonly body: Body }
    | MatchStatement
    | { readonly kind: 'invalid'; readonly message: string }
  );

export type Body = readonly Statement[];

export interface IfBranch {
  readonly test: Expression;
  readonly body: Body;
}

export interface WithItem {
  readonly value: Expression;
  /** A name, an attribute or a tuple of these. */
  readonly target: Expression | undefined;
}

export interface MatchStatement extends Span {
  readonly kind: 'match';
  readonly subject: Expression;
  readonly cases: readonly {
    readonly pattern: Pattern;
    readonly guard: Expression | undefined;
    readonly body: Body;
  }[];
}

/** What stands after `case`. */
export type Pattern = Span &
  (
    | { readonly kind: 'capture'; /** Missing: `_`. */ readonly name: string | undefined }
    /** A literal or a dotted name. */
    | { readonly kind: 'value'; readonly value: Expression }
    | { readonly kind: 'as'; readonly pattern: Pattern; readonly name: string }
    | { readonly kind: 'or'; readonly alternatives: readonly Pattern[] }
    | { readonly kind: 'sequence'; readonly items: readonly Pattern[] }
    /** `*rest` in a sequence. */
    | { readonly kind: 'star'; readonly name: string | undefined }
    | {
        readonly kind: 'mapping';
        readonly entries: readonly { readonly key: Expression; readonly pattern: Pattern }[];
        readonly rest: string | undefined;
      }
    | {
        readonly kind: 'class';
        readonly type: Expression;
        readonly positional: readonly Pattern[];
        readonly keyword: readonly { readonly name: string; readonly pattern: Pattern }[];
      }
  );

export interface FunctionDefinition extends Span {
  readonly kind: 'function';
  readonly name: string;
  /** Where the name stands. */
  readonly nameSpan: Span;
  readonly parameters: Parameters;
  readonly body: Body;
  readonly decorators: readonly Expression[];
  readonly generator: boolean;
}

export interface ClassDefinition extends Span {
  readonly kind: 'class';
  readonly name: string;
  readonly nameSpan: Span;
  readonly bases: readonly Expression[];
  readonly keyword: readonly { readonly name: string | undefined; readonly value: Expression }[];
  readonly body: Body;
  readonly decorators: readonly Expression[];
}

export type ImportStatement = Span & { readonly kind: 'import' } & (
    | {
        readonly flavour: 'modules';
        /** `import a.b as c` */
        readonly modules: readonly { readonly name: string; readonly alias: string | undefined }[];
      }
    | {
        readonly flavour: 'names';
        /** Dots before the name: 0 is absolute. */
        readonly level: number;
        readonly module: string;
        /** `*` stands alone. */
        readonly names: readonly { readonly name: string; readonly alias: string | undefined }[];
      }
  );

export interface TryStatement extends Span {
  readonly kind: 'try';
  readonly body: Body;
  readonly handlers: readonly {
    readonly type: Expression | undefined;
    readonly name: string | undefined;
    readonly body: Body;
  }[];
  readonly otherwise: Body;
  readonly finally: Body;
}
