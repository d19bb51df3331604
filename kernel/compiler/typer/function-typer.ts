/**
 * One pass of the typer over one function: variables, temporaries, labels, diagnostics.
 *
 * The first pass knows the parameters only and joins what is assigned as it goes. If a variable's type changes after
 * it was used, another pass starts from the types found, until they stand still; the last pass's HIR counts.
 */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { RaiseName } from '../../../backend/contract/raise-kinds.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Parameter } from '../core.ts';
import { userName } from '../core-names.ts';
import type { Diagnostic, Span } from '../diagnostic.ts';
import type { Dialect } from '../dialect.ts';
import type { Callee, Failure, HirExpression, HirStatement, Slot } from '../hir.ts';
import { join, sameValueType, strong, type ValueType } from '../types/lattice.ts';
import { isNumeric, sameType } from '../types/value-types.ts';
import { checkLiteral, implicitly, promoted } from './implicit.ts';
import type { FunctionRequest, ModuleContext } from './module-context.ts';
import { convertOperand, type Operand, operandOf, readSlot } from './operand.ts';

interface Variable {
  readonly name: string;
  /** Found by the pass before. */
  readonly input: ValueType | undefined;
  current: ValueType | undefined;
  declared: Type | undefined;
  constant: boolean;
  slot: Slot | undefined;
  assignedAt: Span | undefined;
}

/** A loop, a switch or a labelled block around the statement being typed. */
export interface Enclosing {
  readonly name: string | undefined;
  /** Whether a bare `break` means it: that of a labelled block names it. */
  readonly plainBreak: boolean;
  readonly breakWith: HirStatement;
  /** Only loops have it. */
  readonly continueWith: HirStatement | undefined;
}

/** The pseudo-variable that collects the types of returned values. */
const RESULT = '';

export type Types = ReadonlyMap<string, ValueType>;

export class FunctionTyper {
  readonly module: ModuleContext;
  readonly request: FunctionRequest;
  readonly diagnostics: Diagnostic[] = [];
  readonly locals: Slot[] = [];
  readonly enclosing: Enclosing[] = [];
  readonly unknownReads = new Map<string, Span>();
  /** Symbols of the specialisations it calls, compiled or failed. */
  readonly specialised = new Set<string>();
  /** What it calls of other modules. */
  readonly externals = new Set<Callee>();
  #incomplete = false;
  readonly #variables = new Map<string, Variable>();
  #changed = false;
  #returnsNothing = false;

  constructor(module: ModuleContext, request: FunctionRequest, names: ReadonlySet<string>, inputs: Types) {
    this.module = module;
    this.request = request;
    for (const name of [...names, RESULT]) {
      this.#variables.set(name, {
        name,
        input: inputs.get(name),
        current: undefined,
        declared: undefined,
        constant: false,
        slot: undefined,
        assignedAt: undefined,
      });
    }
    if (request.result) this.#variable(RESULT).declared = request.result;
  }

  get dialect(): Dialect {
    return this.module.dialect;
  }

  // ---- diagnostics and failures

  report(code: string, span: Span, message: string, hint?: string): undefined {
    this.diagnostics.push({ code, message, span, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }

  /** Something it depends on has errors of its own, reported elsewhere. */
  leaveIncomplete(): undefined {
    this.#incomplete = true;
    return undefined;
  }

  get isIncomplete(): boolean {
    return this.#incomplete;
  }

  failure(name: RaiseName, span: Span): Failure {
    return this.module.failure(name, span);
  }

  text(span: Span): string {
    return this.module.core.source.slice(span.start, span.end);
  }

  // ---- variables

  isLocal(name: string): boolean {
    return name !== RESULT && this.#variables.has(name);
  }

  get localNames(): readonly string[] {
    return [...this.#variables.keys()].filter((name) => name !== RESULT).map(userName);
  }

  #variable(name: string): Variable {
    const variable = this.#variables.get(name);
    if (!variable) throw new Error(`${name} is not a local variable`);
    return variable;
  }

  /** `let x: int64`, `x: int64 = 0`: all values of `name` are converted to `type`. */
  declareType(name: string, type: Type, span: Span): void {
    const variable = this.#variable(name);
    if (variable.declared && formatType(variable.declared) !== formatType(type)) {
      const first = formatType(variable.declared);
      this.report(
        'type-mismatch',
        span,
        `${userName(name)} is declared as ${formatType(type)} and as ${first}`,
        'declare it once, or use another variable',
      );
      return;
    }
    variable.declared = type;
  }

  declareConstant(name: string): void {
    this.#variable(name).constant = true;
  }

  read(name: string, span: Span): Operand | undefined {
    const variable = this.#variable(name);
    const valueType = variable.input ?? variable.current;
    if (!valueType) {
      if (!this.unknownReads.has(name)) this.unknownReads.set(name, span);
      this.#changed = true;
      return undefined;
    }
    const slot = this.#slotOf(variable, valueType.type);
    const hir: HirExpression = { kind: 'read', type: slot.type, slot, span, temporary: false };
    const { type, weak } = valueType;
    return { type, weak, hir, literal: undefined, elements: undefined, span };
  }

  /** Joins the type of `operand` into the variable's and stores it. */
  assign(name: string, operand: Operand, span: Span): HirStatement[] {
    const variable = this.#variable(name);
    if (variable.constant && variable.assignedAt && variable.assignedAt !== span) {
      const shown = userName(name);
      this.report('constant-assignment', span, `${shown} is a constant`, `declare it with let ${shown}`);
      return [];
    }
    const value = this.#joinInto(variable, operand, span, `value of ${userName(name)}`);
    variable.assignedAt ??= span;
    if (!value) return [];
    return [{ kind: 'store', slot: this.#slotOf(variable, value.type), value }];
  }

  /** A parameter arrives in `slot`; where the variable is wider, it is copied. An annotation keeps it as it is. */
  receive({ name, span, annotation }: Parameter, slot: Slot): HirStatement[] {
    const variable = this.#variable(name);
    if (annotation) variable.declared = slot.type;
    const value = operandOf(readSlot(slot, span), span);
    variable.current = strong(slot.type);
    variable.assignedAt = span;
    const type = variable.input?.type ?? slot.type;
    if (sameType(type, slot.type)) {
      variable.slot = slot;
      return [];
    }
    return [{ kind: 'store', slot: this.#slotOf(variable, type), value: convertOperand(value, type) }];
  }

  /** The value a `return` gives back, as the result's type. */
  returned(operand: Operand, span: Span): HirExpression | undefined {
    return this.#joinInto(this.#variable(RESULT), operand, span, 'returned value');
  }

  returnedNothing(): void {
    this.#returnsNothing = true;
  }

  /** Declared or, once a value has been returned, inferred; `undefined` while neither is so. */
  get result(): Type | undefined {
    const { declared, input, current } = this.#variable(RESULT);
    return declared ?? (input ?? current)?.type;
  }

  get returnsNothing(): boolean {
    return this.#returnsNothing;
  }

  #joinInto(variable: Variable, operand: Operand, span: Span, what: string): HirExpression | undefined {
    if (variable.declared) {
      variable.current = strong(variable.declared);
      return implicitly(this, operand, variable.declared, what);
    }
    if (!checkLiteral(this, operand, operand.type)) return undefined;
    const { current, input } = variable;
    const joined = current ? join(current, operand) : { type: operand.type, weak: operand.weak };
    if (!joined) return this.#refuseJoin(variable, operand, span);
    if (current && !sameValueType(current, joined)) this.#changed = true;
    variable.current = joined;
    const target = input ?? joined;
    const fitting = input ? join(input, operand) : joined;
    if (!fitting || !sameValueType(fitting, target)) {
      // The pass before knew too little; the next one knows more.
      this.#changed = true;
      return undefined;
    }
    return promoted(this, operand, target.type);
  }

  #refuseJoin(variable: Variable, operand: Operand, span: Span): undefined {
    const subject = variable.name === RESULT ? 'the result' : userName(variable.name);
    const before = formatType(variable.current?.type ?? operand.type);
    const now = formatType(operand.type);
    const where = variable.assignedAt ? ` on line ${this.module.lineOf(variable.assignedAt)}` : ' before';
    const isNumber = [operand.type, variable.current?.type ?? operand.type].every(
      (type) => type.kind === 'bool' || isNumeric(type),
    );
    const hint = isNumber ? `convert one of them, for example ${before}(…)` : 'use another variable for it';
    return this.report('mixed-types', span, `${subject} is ${now} here and ${before}${where}`, hint);
  }

  #slotOf(variable: Variable, type: Type): Slot {
    if (variable.slot) return variable.slot;
    const slot: Slot = { name: variable.name, type };
    variable.slot = slot;
    this.locals.push(slot);
    return slot;
  }

  /** Keeps a value for several uses: what to do first, and how to read it. Literals need no keeping. */
  keep(operand: Operand, name = 'kept'): { readonly before: HirStatement[]; readonly value: Operand } {
    if (operand.literal !== undefined || operand.hir.kind === 'constant') {
      return { before: [], value: operand };
    }
    const slot = this.temporary(operand.type, name);
    const value: Operand = { ...operand, hir: readSlot(slot, operand.span), elements: undefined };
    return { before: [{ kind: 'store', slot, value: operand.hir }], value };
  }

  temporary(type: Type, name: string): Slot {
    const slot: Slot = { name, type };
    this.locals.push(slot);
    return slot;
  }

  // ---- the fixpoint

  /** The types this pass has found. */
  outputs(): Types {
    const found = new Map<string, ValueType>();
    for (const { name, current } of this.#variables.values()) if (current) found.set(name, current);
    return found;
  }

  /** Whether the types it found are those it worked with. */
  isSettled(inputs: Types): boolean {
    if (inputs.size === 0) return !this.#changed;
    const outputs = this.outputs();
    if (outputs.size !== inputs.size) return false;
    for (const [name, type] of outputs) {
      const input = inputs.get(name);
      if (!input || !sameValueType(input, type)) return false;
    }
    return true;
  }
}
