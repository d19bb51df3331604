import type { Expression, Name, TypeAnnotation } from '../core.ts';
import type { Diagnostic, Span } from '../diagnostic.ts';
import { syntaxError, unsupportedSyntax } from '../parse-diagnostic.ts';
import type { BabelPosition, BabelType, BabelTypeSlot } from './babel-ast.ts';
import { FunctionScope, isGlobalName, type Variable } from './scope.ts';
import { TypeAliases } from './type-aliases.ts';

/** Thrown to leave a tree that is too deep for the passes that follow; its diagnostic is already recorded. */
export class AdapterAbandoned extends Error {}

/** Nodes around a node. Operators nest as deep as their chain is long. */
const MAX_DEPTH = 1000;

/** A label of the source, and the label of the core tree's statement that it means. */
export interface Label {
  readonly name: string;
  readonly coreLabel: string;
}

/** What turning Babel's tree into the core tree needs to know and reports. */
export class Adapter {
  readonly source: string;
  readonly diagnostics: Diagnostic[] = [];
  readonly imports = new Map<string, string>();
  readonly types = new TypeAliases();
  readonly #imaginaryEnds: ReadonlySet<number>;
  /** How far the parsed text is ahead of the source. */
  readonly #shift: number;
  readonly #moduleNames = new Set<string>();
  #scope = new FunctionScope([]);
  labels: readonly Label[] = [];
  #depth = 0;

  constructor(source: string, imaginaryEnds: ReadonlySet<number>, shift = 0) {
    this.source = source;
    this.#imaginaryEnds = imaginaryEnds;
    this.#shift = shift;
  }

  span({ start, end }: BabelPosition): Span {
    return { start: (start ?? 0) - this.#shift, end: (end ?? 0) - this.#shift };
  }

  text(node: BabelPosition): string {
    const { start, end } = this.span(node);
    return this.source.slice(start, end);
  }

  isImaginary({ end }: BabelPosition): boolean {
    return this.#imaginaryEnds.has(end ?? -1);
  }

  /** The span of the first occurrence of an operator between two nodes; comments between them are skipped. */
  operatorSpan(operator: string, left: BabelPosition, right: BabelPosition): Span {
    const from = this.span(left).end;
    const between = this.source.slice(from, this.span(right).start);
    const blanked = between.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length));
    const at = from + Math.max(0, blanked.indexOf(operator));
    return { start: at, end: at + operator.length };
  }

  annotation(slot: BabelTypeSlot): TypeAnnotation | undefined {
    if (slot?.type !== 'TSTypeAnnotation') return undefined;
    return this.typeAnnotation(slot.typeAnnotation);
  }

  typeAnnotation(type: BabelType): TypeAnnotation {
    return { text: this.types.text(this, type), span: this.span(type) };
  }

  // ---- diagnostics

  reportSyntax(message: string, span: Span, hint?: string): void {
    this.diagnostics.push(syntaxError(message, span, hint));
  }

  reportUnsupported(message: string, span: Span, hint: string): void {
    this.diagnostics.push(unsupportedSyntax(message, span, hint));
  }

  /** Reports an expression and stands in for it: with a diagnostic, no tree leaves the front end. */
  refuse(message: string, node: BabelPosition, hint: string): Expression {
    const span = this.span(node);
    this.reportUnsupported(message, span, hint);
    return { kind: 'none', span };
  }

  /** Converts one level deeper. */
  deeper<T>(node: BabelPosition, convert: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      this.reportSyntax(`nested deeper than ${MAX_DEPTH} levels`, this.span(node), 'split it up');
      throw new AdapterAbandoned();
    }
    this.#depth += 1;
    try {
      return convert();
    } finally {
      this.#depth -= 1;
    }
  }

  // ---- names

  declareModuleName(name: string): void {
    this.#moduleNames.add(name);
  }

  get scope(): FunctionScope {
    return this.#scope;
  }

  /** Runs `convert` with the scopes of a new function, then reports names that are used outside their block. */
  inFunction<T>(convert: () => T): T {
    this.#scope = new FunctionScope(this.#moduleNames);
    this.labels = [];
    const result = convert();
    for (const { name, span } of this.#scope.strayNames((each) => this.#isGlobal(each))) {
      const message = `'${name}' is not visible here: the block that declares it is elsewhere`;
      this.diagnostics.push({ code: 'unknown-name', message, span, hint: 'declare it before that block' });
    }
    return result;
  }

  inBlock<T>(convert: () => T): T {
    this.#scope.enterBlock();
    try {
      return convert();
    } finally {
      this.#scope.leaveBlock();
    }
  }

  readName(name: string, node: BabelPosition): Name {
    const span = this.span(node);
    return this.#usable(name, span, this.#scope.read(name, span));
  }

  /** The name at its own declaration. */
  declaredName(name: string, node: BabelPosition): Name {
    return { kind: 'name', name: this.#scope.find(name)?.coreName ?? name, span: this.span(node) };
  }

  /** As `readName`, for a name that is assigned to. */
  assignName(name: string, node: BabelPosition): Name {
    const span = this.span(node);
    const variable = this.#scope.find(name);
    const isGlobal = variable === undefined && this.#isGlobal(name);
    if (variable?.kind === 'const' || isGlobal) {
      const hint = isGlobal ? 'use a variable of the function' : `declare it with 'let'`;
      const message = `'${name}' is a constant and cannot be assigned to`;
      this.diagnostics.push({ code: 'constant-assignment', message, span, hint });
    } else if (variable === undefined) {
      const message = `'${name}' is assigned to, but not declared`;
      this.diagnostics.push({ code: 'unknown-name', message, span, hint: `declare it: let ${name} = …` });
    }
    return this.#usable(name, span, variable);
  }

  #usable(name: string, span: Span, variable: Variable | undefined): Name {
    if (variable !== undefined && span.start < variable.usableFrom) {
      this.reportSyntax(`'${name}' is used before its declaration`, span, 'move the declaration up');
    }
    return { kind: 'name', name: variable?.coreName ?? name, span };
  }

  #isGlobal(name: string): boolean {
    return this.#moduleNames.has(name) || isGlobalName(name);
  }
}
