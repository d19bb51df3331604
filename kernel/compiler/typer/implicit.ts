/** Conversions that happen without being written: on return, on assignment to a declared type, on passing. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { HirExpression } from '../hir.ts';
import { fits } from '../types/lattice.ts';
import { INT64, integerRange, isInteger, isNumeric, sameType, UINT64 } from '../types/value-types.ts';
import type { FunctionTyper } from './function-typer.ts';
import { convertOperand, type Operand, operandOf } from './operand.ts';

/**
 * `operand` as `to`, or a diagnostic. Numbers widen; integers also narrow, wrapping, and float64 rounds to float32.
 * A float never becomes an integer and a complex number never a real one by itself. `what` names the value.
 */
export function implicitly(
  typer: FunctionTyper,
  operand: Operand,
  to: Type,
  what: string,
): HirExpression | undefined {
  const refusal = refuseImplicit(typer, operand, to, what);
  if (refusal) return typer.report(refusal.code, operand.span, refusal.message, refusal.hint);
  return promoted(typer, operand, to);
}

/** `operand` as a type it is known to convert to. */
export function promoted(typer: FunctionTyper, operand: Operand, to: Type): HirExpression {
  if (to.kind !== 'tuple' || sameType(operand.type, to)) return convertOperand(operand, to);
  const { before, elements } = tupleElements(typer, operand);
  const members = elements.map((element, index) =>
    promoted(typer, element, to.members[index] ?? element.type),
  );
  const tuple: HirExpression = { kind: 'tuple', type: to, members };
  return before.length === 0 ? tuple : { kind: 'sequence', type: to, statements: before, value: tuple };
}

/** The members of a tuple, each readable once or more; `before` evaluates the tuple. */
export function tupleElements(
  typer: FunctionTyper,
  operand: Operand,
): { readonly before: ReturnType<FunctionTyper['keep']>['before']; readonly elements: readonly Operand[] } {
  if (operand.elements) return { before: [], elements: operand.elements };
  const { type } = operand;
  if (type.kind !== 'tuple') throw new Error('the members of something else than a tuple');
  const { before, value } = typer.keep(operand, 'tuple');
  const elements = type.members.map((member, index) =>
    operandOf({ kind: 'member', type: member, tuple: value.hir, index }, operand.span),
  );
  return { before, elements };
}

/** Whether `from` may become `to` without being asked. */
export function convertsImplicitly(from: Type, to: Type, boolIsInteger: boolean): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === 'bool') return boolIsInteger && isNumeric(to);
  if (from.kind === 'pointer' && to.kind === 'pointer') {
    return from.element.kind === 'void' || to.element.kind === 'void';
  }
  if (from.kind === 'tuple' && to.kind === 'tuple') {
    return (
      from.members.length === to.members.length &&
      from.members.every((member, index) => {
        const target = to.members[index];
        return target !== undefined && convertsImplicitly(member, target, boolIsInteger);
      })
    );
  }
  if (!isNumeric(from) || !isNumeric(to)) return false;
  if (isInteger(to)) return isInteger(from);
  return to.kind === 'complex' || from.kind !== 'complex';
}

/**
 * Reports an integer literal that no integer type holds, where one is needed. Next to a float it would be a float.
 *
 * @returns whether it is fine
 */
export function checkLiteral(typer: FunctionTyper, operand: Operand, to: Type): boolean {
  const { literal, span } = operand;
  if (typeof literal !== 'bigint' || !isInteger(to)) return true;
  if (fits({ kind: 'int', low: literal, high: literal }, literal < 0n ? INT64 : UINT64)) return true;
  const message = `${quoted(typer.text(span))} has more than 64 bits, which no integer type holds`;
  typer.report('integer-range', span, message, 'write it as a float, for example 1e20');
  return false;
}

interface ImplicitRefusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

function refuseImplicit(
  typer: FunctionTyper,
  operand: Operand,
  to: Type,
  what: string,
): ImplicitRefusal | undefined {
  const text = quoted(typer.text(operand.span));
  if (isInteger(to) && typeof operand.literal === 'bigint' && operand.weak?.kind === 'int') {
    if (fits(operand.weak, to)) return undefined;
    const { low, high } = integerRange(to);
    const name = formatType(to);
    const message = `${what} ${operand.literal} does not fit ${name} (${low} to ${high})`;
    return { code: 'integer-range', message, hint: `write ${name}(${text}) to wrap it, or use a wider type` };
  }
  if (convertsImplicitly(operand.type, to, typer.dialect.boolIsInteger)) return undefined;
  const message = `${what} of type ${formatType(operand.type)} where ${formatType(to)} is needed`;
  const hint = conversionHint(operand.type, to, text);
  return { code: 'type-mismatch', message, ...(hint === undefined ? {} : { hint }) };
}

function isArray({ kind }: Type): boolean {
  return kind === 'array' || kind === 'pointer' || kind === 'tuple';
}

const LONGEST_QUOTE = 40;

/** Source text to put into a hint. */
function quoted(text: string): string {
  return text.length <= LONGEST_QUOTE && !text.includes('\n') ? text : '…';
}

function conversionHint(from: Type, to: Type, text: string): string | undefined {
  const name = formatType(to);
  if (isInteger(to) && from.kind === 'float') return `write ${name}(${text}) to truncate toward zero`;
  if (from.kind === 'complex' && isNumeric(to)) return partsHint(text);
  if (to.kind === 'bool' && isNumeric(from)) return `write ${member(text)} != 0`;
  if (from.kind === 'bool' && isNumeric(to)) return `write ${name}(${text})`;
  if (from.kind === 'array' && !isArray(to)) return `take one of its elements: ${member(text)}[0]`;
  if (from.kind === 'tuple' && to.kind !== 'tuple') {
    return `take one of its members, or write ${formatType(from)} in the signature`;
  }
  if (from.kind === 'void') return 'give the function a result, or call it in a line of its own';
  if (to.kind === 'void') return 'leave the value out, or name its type in the signature';
  return undefined;
}

/** How to make a real number of the complex one that `text` computes. */
export function partsHint(text: string): string {
  return `take a part or the size: ${member(text)}.real, ${member(text)}.imag or abs(${text})`;
}

/** `text` as something that an attribute or an operator may follow. */
function member(text: string): string {
  return /^[\w.]+$/.test(text) ? text : `(${text})`;
}
