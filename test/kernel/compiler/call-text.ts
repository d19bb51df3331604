/** Calls and values as case files write them: `foo(1, 2.5, 3.4j, true, [1.0, 2.0]) -> 4`. */
import { Complex } from '../../../backend/contract/complex.ts';
import { signaturePenalty } from '../../../backend/contract/match.ts';
import { parseType } from '../../../backend/contract/parse-type.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { ComplexValue } from '../../../kernel/compiler/hir.ts';
import type { Value } from '../../../kernel/compiler/interpret.ts';

export interface CallText {
  readonly text: string;
  readonly name: string;
  readonly args: readonly string[];
}

export function parseCall(line: string): CallText {
  const text = line.split(' -> ')[0] ?? line;
  const match = /^(\w+)\((.*)\)$/.exec(text.trim());
  if (!match) throw new Error(`expected a call such as foo(1, 3), found '${line}'`);
  const inside = match[2] ?? '';
  return { text: text.trim(), name: match[1] ?? '', args: inside === '' ? [] : splitList(inside) };
}

function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '[' || character === '(') depth += 1;
    if (character === ']' || character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part.trim()];
}

/** The overload a call means: that of the least penalty for what its literals look like. */
export function chooseOverload<T extends { readonly name: string; readonly signature: FunctionType }>(
  overloads: readonly T[],
  call: CallText,
): T {
  let best: T | undefined;
  let bestPenalty = Number.POSITIVE_INFINITY;
  for (const overload of overloads) {
    const { name, signature } = overload;
    if (name !== call.name || signature.parameters.length !== call.args.length) continue;
    const types = call.args.map((arg, index) => literalType(arg, signature.parameters[index]));
    const penalty = signaturePenalty(signature, types);
    if (penalty !== undefined && penalty < bestPenalty) {
      best = overload;
      bestPenalty = penalty;
    }
  }
  if (!best) throw new Error(`no overload for ${call.text}`);
  return best;
}

function literalType(text: string, parameter: Type | undefined): Type {
  if (text.startsWith('[') && parameter) return parameter;
  if (text === 'true' || text === 'false') return parseType('bool');
  if (text.endsWith('j') || text.startsWith('(')) return parseType('complex128');
  return parseType(/^-?\d+$/.test(text) ? 'int64' : 'float64');
}

/** A scalar of `type`. */
export function parseScalar(type: Type, text: string): Value {
  if (type.kind === 'int' || type.kind === 'uint') return BigInt(text);
  if (type.kind === 'bool') return text === 'true';
  if (type.kind === 'complex') return parseComplex(text);
  return type.kind === 'float' && type.bits === 32 ? Math.fround(parseFloatText(text)) : parseFloatText(text);
}

function parseFloatText(text: string): number {
  if (text === 'nan') return Number.NaN;
  if (text === 'inf' || text === '-inf') return text === 'inf' ? Infinity : -Infinity;
  return Number(text);
}

const COMPLEX =
  /^\(?(?:([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan))(?![\d.ej]))?([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan)j)?\)?$/;

function parseComplex(text: string): ComplexValue {
  const match = COMPLEX.exec(text);
  if (!match) throw new Error(`expected a complex number, found '${text}'`);
  const im = match[2]?.slice(0, -1).replace(/^\+/, '') ?? '0';
  return { re: parseFloatText((match[1] ?? '0').replace(/^\+/, '')), im: parseFloatText(im) };
}

/** The elements of `[1.0, 2.0]`, and of `[[1, 2], [3, 4]]` one after the other, with the lengths of its axes. */
export function parseArray(text: string): {
  readonly elements: readonly string[];
  readonly shape: readonly number[];
} {
  const inside = text.slice(1, -1).trim();
  const parts = inside === '' ? [] : splitList(inside);
  if (!parts[0]?.startsWith('[')) return { elements: parts, shape: [parts.length] };
  const rows = parts.map((part) => parseArray(part).elements);
  return { elements: rows.flat(), shape: [rows.length, rows[0]?.length ?? 0] };
}

export function showValue(value: Value): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `(${value.map(showValue).join(', ')})`;
  if (typeof value === 'object' && 're' in value) return new Complex(value.re, value.im).toString();
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}
