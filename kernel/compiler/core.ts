/**
 * The core tree: what every front end makes of its source, and all the typer knows of it.
 *
 * It is untyped and has no dialect: where Python and TypeScript differ in meaning, the module's `language` selects a
 * row of the dialect table in the typer; where they differ in syntax only, the front end has already removed it.
 */
import type { Span } from './diagnostic.ts';

export type Language = 'python' | 'typescript';

interface Node {
  readonly span: Span;
}

// ---- expressions

/** `1`, `1n`, `0xff`. A weak integer: it takes the kind of what it meets. */
export interface IntLiteral extends Node {
  readonly kind: 'int';
  readonly value: bigint;
}

/** `1.0`, `1e3`. Decided by spelling, in TypeScript too. */
export interface FloatLiteral extends Node {
  readonly kind: 'float';
  readonly value: number;
}

/** `3.4j`: the imaginary part. */
export interface ImaginaryLiteral extends Node {
  readonly kind: 'imaginary';
  readonly value: number;
}

export interface BoolLiteral extends Node {
  readonly kind: 'bool';
  readonly value: boolean;
}

/** Only the message of a raise or an assert. */
export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

/** Python's `None`; TypeScript's `undefined` and `null`. */
export interface NoneLiteral extends Node {
  readonly kind: 'none';
}

export interface Name extends Node {
  readonly kind: 'name';
  readonly name: string;
}

export type UnaryOperator = '-' | '+' | '~' | 'not';

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}

/** `//` is Python's floor division; `>>>` is TypeScript's logical shift; `@` is Python's matrix product. */
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '**'
  | '<<'
  | '>>'
  | '>>>'
  | '&'
  | '|'
  | '^'
  | '@';

export interface Binary extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

/** `===` and `!==` arrive as `==` and `!=`. */
export type CompareOperator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | 'not in';

/** `a < b <= c`: each operand is evaluated once. TypeScript makes chains of one link only. */
export interface Compare extends Node {
  readonly kind: 'compare';
  readonly first: Expression;
  readonly rest: readonly {
    readonly operator: CompareOperator;
    readonly operatorSpan: Span;
    readonly operand: Expression;
  }[];
}

export interface Logical extends Node {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
}

/** `b if a else c`, `a ? b : c`. */
export interface Conditional extends Node {
  readonly kind: 'conditional';
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

/** `callee` is a Name or an Attribute (`math.sin`); anything else is a diagnostic of the typer. */
export interface Call extends Node {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: readonly Expression[];
  readonly keywords: readonly { readonly name: string; readonly value: Expression; readonly span: Span }[];
}

export interface Attribute extends Node {
  readonly kind: 'attribute';
  readonly object: Expression;
  readonly name: string;
  readonly nameSpan: Span;
}

/** `a[i]`, `a[i, j]`, `a[i:j]`. */
export interface Index extends Node {
  readonly kind: 'index';
  readonly object: Expression;
  readonly indices: readonly Expression[];
}

/** Python's `i:j:k`; only among the indices of an Index. */
export interface Slice extends Node {
  readonly kind: 'slice';
  readonly start?: Expression;
  readonly stop?: Expression;
  readonly step?: Expression;
}

export interface Tuple extends Node {
  readonly kind: 'tuple';
  readonly elements: readonly Expression[];
}

/** TypeScript's `x as int64`. (`int64(x)` is a call to a type name.) */
export interface Cast extends Node {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: TypeAnnotation;
}

/**
 * An assignment used for its value: `i++`, `x += 1`, `y = x = 0` inside an expression, Python's `:=`.
 * `yields` says whether the value is that of before or after the assignment.
 */
export interface AssignExpression extends Node {
  readonly kind: 'assign-expression';
  readonly target: Target;
  /** Absent for a plain `=`. */
  readonly operator?: BinaryOperator;
  readonly value: Expression;
  readonly yields: 'before' | 'after';
}

export type Expression =
  | IntLiteral
  | FloatLiteral
  | ImaginaryLiteral
  | BoolLiteral
  | StringLiteral
  | NoneLiteral
  | Name
  | Unary
  | Binary
  | Compare
  | Logical
  | Conditional
  | Call
  | Attribute
  | Index
  | Slice
  | Tuple
  | Cast
  | AssignExpression;

/** The text of an annotation as written, e.g. `int64`, `number`, `float64[]`. The typer reads it. */
export interface TypeAnnotation extends Node {
  readonly text: string;
}

// ---- statements

export type Target = Name | Index | Tuple | Attribute;

/** `a = b = value` has two targets. `annotation` belongs to the only target. `constant` is TypeScript's `const`. */
export interface Assign extends Node {
  readonly kind: 'assign';
  readonly targets: readonly Target[];
  readonly annotation?: TypeAnnotation;
  /** Absent in `let x: int64` and Python's `x: int64`. */
  readonly value?: Expression;
  /**
   * TypeScript's `let`/`const`: a new variable of the block. The front end has made shadowed names unique (`x.1`);
   * `userName` of core-names.ts gives them back for messages.
   */
  readonly declares: boolean;
  readonly constant: boolean;
}

export interface AugmentedAssign extends Node {
  readonly kind: 'augmented-assign';
  readonly target: Target;
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly value: Expression;
}

export interface ExpressionStatement extends Node {
  readonly kind: 'expression-statement';
  readonly expression: Expression;
}

export interface If extends Node {
  readonly kind: 'if';
  readonly test: Expression;
  readonly then: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** `otherwise` is Python's `while … else`. */
export interface While extends Node {
  readonly kind: 'while';
  readonly label?: string;
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export interface DoWhile extends Node {
  readonly kind: 'do-while';
  readonly label?: string;
  readonly body: readonly Statement[];
  readonly test: Expression;
}

/** TypeScript's `for (init; test; update)`. `continue` goes to `update`. */
export interface For extends Node {
  readonly kind: 'for';
  readonly label?: string;
  readonly init: readonly Statement[];
  readonly test?: Expression;
  readonly update: readonly Statement[];
  readonly body: readonly Statement[];
}

/** `for x in range(…)`, `for x in array`, `for (const x of array)`. The typer knows range, enumerate, zip. */
export interface ForEach extends Node {
  readonly kind: 'for-each';
  readonly label?: string;
  readonly target: Target;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** TypeScript's `switch`; a case without `test` is the default. Cases fall through as written. */
export interface Switch extends Node {
  readonly kind: 'switch';
  readonly subject: Expression;
  readonly cases: readonly {
    readonly test?: Expression;
    readonly body: readonly Statement[];
    readonly span: Span;
  }[];
}

export interface Break extends Node {
  readonly kind: 'break';
  readonly label?: string;
}

export interface Continue extends Node {
  readonly kind: 'continue';
  readonly label?: string;
}

export interface Return extends Node {
  readonly kind: 'return';
  readonly value?: Expression;
}

/** `raise ValueError("text")`, `throw new RangeError("text")`. */
export interface Raise extends Node {
  readonly kind: 'raise';
  readonly exception: string;
  readonly message: string;
}

/** `assert test, "text"`. */
export interface Assert extends Node {
  readonly kind: 'assert';
  readonly test: Expression;
  readonly message: string;
}

export interface Block extends Node {
  readonly kind: 'block';
  readonly label?: string;
  readonly body: readonly Statement[];
}

export type Statement =
  | Assign
  | AugmentedAssign
  | ExpressionStatement
  | If
  | While
  | DoWhile
  | For
  | ForEach
  | Switch
  | Break
  | Continue
  | Return
  | Raise
  | Assert
  | Block;

// ---- modules

export interface Parameter extends Node {
  readonly name: string;
  readonly annotation?: TypeAnnotation;
  readonly defaultValue?: Expression;
}

export interface FunctionDefinition extends Node {
  readonly name: string;
  readonly nameSpan: Span;
  readonly parameters: readonly Parameter[];
  readonly returnAnnotation?: TypeAnnotation;
  readonly documentation?: string;
  readonly body: readonly Statement[];
  /** Signatures given in the source itself: Python's `@rjit('int64(int64)')` above the function. */
  readonly declaredSignatures: readonly { readonly text: string; readonly span: Span }[];
}

/** `PI = 3.14` or `const N = 10` at the top level of the cell: a constant of the module. */
export interface ModuleConstant extends Node {
  readonly name: string;
  readonly annotation?: TypeAnnotation;
  readonly value: Expression;
}

export interface CoreModule {
  readonly language: Language;
  /** Shown in diagnostics, e.g. `In[4]`. */
  readonly fileName: string;
  readonly source: string;
  readonly functions: readonly FunctionDefinition[];
  readonly constants: readonly ModuleConstant[];
  /** Names by which namespaces were imported: `import numpy as np` maps `np` to `numpy`; `from math import sin` maps `sin` to `math.sin`. */
  readonly imports: ReadonlyMap<string, string>;
}
