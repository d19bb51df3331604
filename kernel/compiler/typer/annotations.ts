/** Types as annotations spell them: our own names, and those of Python and TypeScript. */
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseType } from '../../../backend/contract/parse-type.ts';
import { SignatureError } from '../../../backend/contract/signature-error.ts';
import type { Type } from '../../../backend/contract/types.ts';
import { closestName } from '../closest-name.ts';
import type { Language, TypeAnnotation } from '../core.ts';
import type { Diagnostic } from '../diagnostic.ts';
import {
  BOOL,
  COMPLEX128,
  canonicalType,
  FLOAT32,
  FLOAT64,
  INT64,
  integerType,
  isSupported,
  UINT64,
  VOID,
} from '../types/value-types.ts';
import { foreignTypeHint } from './foreign-types.ts';
import type { FunctionTyper } from './function-typer.ts';

const PYTHON_NAMES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['int', INT64],
  ['float', FLOAT64],
  ['complex', COMPLEX128],
  ['bool', BOOL],
  ['None', VOID],
]);

function array(element: Type): Type {
  return { kind: 'array', element, rank: 1 };
}

const TYPESCRIPT_NAMES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ['number', FLOAT64],
  ['bigint', INT64],
  ['boolean', BOOL],
  ['undefined', VOID],
  ['Int8Array', array(integerType('int', 8))],
  ['Uint8Array', array(integerType('uint', 8))],
  ['Uint8ClampedArray', array(integerType('uint', 8))],
  ['Int16Array', array(integerType('int', 16))],
  ['Uint16Array', array(integerType('uint', 16))],
  ['Int32Array', array(integerType('int', 32))],
  ['Uint32Array', array(integerType('uint', 32))],
  ['BigInt64Array', array(INT64)],
  ['BigUint64Array', array(UINT64)],
  ['Float32Array', array(FLOAT32)],
  ['Float64Array', array(FLOAT64)],
]);

/** What a misspelled type is likely to be meant as. */
const TYPE_NAMES =
  'int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 bool void'.split(
    ' ',
  );

const KNOWN_TYPES = 'known are int8 … uint64, float32, float64, complex64, complex128, bool, T[] and T*';

/** The canonical type that `annotation` names, or what is wrong with it. */
export function annotatedType(annotation: TypeAnnotation, language: Language): Type | Diagnostic {
  const text = annotation.text.trim();
  const type = namedType(text, language) ?? tupleType(text, language) ?? typeExpression(text);
  if (type && isSupported(type)) return type;
  const near = closestName(unquoted(text), TYPE_NAMES);
  const hint = foreignTypeHint(unquoted(text), language) ?? (near ? `did you mean ${near}?` : KNOWN_TYPES);
  const { span } = annotation;
  if (!type) return { code: 'unknown-type', message: `${text} is not a type of compiled code`, span, hint };
  return {
    code: 'unsupported-type',
    message: `values of type ${formatType(type)} are not supported`,
    span,
    hint,
  };
}

function namedType(text: string, language: Language): Type | undefined {
  const names = language === 'python' ? PYTHON_NAMES : TYPESCRIPT_NAMES;
  return names.get(unquoted(text));
}

function unquoted(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, '$2');
}

/** `[int64, float64]` in TypeScript, `tuple[int, float]` in Python. */
function tupleType(text: string, language: Language): Type | undefined {
  const inner = (language === 'python' ? /^[Tt]uple\[(.*)\]$/ : /^\[(.*)\]$/).exec(text)?.[1];
  if (inner === undefined) return undefined;
  const members = splitTopLevel(inner).map((member) => {
    const type = annotatedType({ text: member, span: { start: 0, end: 0 } }, language);
    return 'kind' in type ? type : undefined;
  });
  const known = members.filter((member) => member !== undefined);
  return known.length === members.length ? { kind: 'tuple', members: known } : undefined;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, character] of [...text].entries()) {
    if ('[(<{'.includes(character)) depth += 1;
    if ('])>}'.includes(character)) depth -= 1;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(start, index));
    start = index + 1;
  }
  return [...parts, text.slice(start)];
}

function typeExpression(text: string): Type | undefined {
  try {
    return canonicalType(parseType(unquoted(text).replace(/^(np|numpy|rjit)\./, '')));
  } catch (error) {
    if (error instanceof SignatureError) return undefined;
    throw error;
  }
}

/** The type of an annotation inside a function; reports what is wrong with it. */
export function readAnnotation(typer: FunctionTyper, annotation: TypeAnnotation): Type | undefined {
  const type = annotatedType(annotation, typer.dialect.language);
  if ('kind' in type) return type;
  return typer.report(type.code, type.span, type.message, type.hint);
}
