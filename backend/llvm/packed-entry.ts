import { flattenedType, slotsByteLength } from '../contract/packed.ts';
import type { FunctionType, Type } from '../contract/types.ts';
import { naturalParameterTypes, naturalType } from './natural-type.ts';

/*
 * IR of the functions through which everything is called. All have the one type `void(i8* args, i8* ret)`, so that one
 * koffi signature serves every function and no C ABI (complex numbers, structs) is involved. Typed pointers: LLVM 14
 * knows no others, and 15 to 19 read them in modules of either style.
 */

/** An entry point to add to a module. `name` must be new to it. */
export interface Entry {
  readonly name: string;
  readonly callee: string;
  readonly signature: FunctionType;
  /** Different for each entry of a module that has line tables: they survive only in functions that have some. */
  readonly debugIndex: number | undefined;
}

/** Metadata numbers that no module uses itself. */
const DEBUG = { file: 4_000_000_000, unit: 4_000_000_001, type: 4_000_000_002, first: 4_000_000_003 };

/** The function's, the location of its call; of the map's inner function the same. */
function debugNumbers(debugIndex: number, isInner: boolean): { subprogram: number; location: number } {
  const subprogram = DEBUG.first + 4 * debugIndex + (isInner ? 2 : 0);
  return { subprogram, location: subprogram + 1 };
}

/** Metadata that entries with a `debugIndex` refer to; nothing where there is none. */
export function entryDebugText(entries: readonly Entry[]): string {
  const indices = entries.flatMap(({ debugIndex }) => debugIndex ?? []);
  if (indices.length === 0) return '';
  const unit = `language: DW_LANG_C99, file: !${DEBUG.file}, isOptimized: true, runtimeVersion: 0`;
  const subprogram = `scope: !${DEBUG.file}, file: !${DEBUG.file}, type: !${DEBUG.type}, unit: !${DEBUG.unit}`;
  const lines = indices.flatMap((index) =>
    [false, true].flatMap((isInner) => {
      const numbers = debugNumbers(index, isInner);
      return [
        `!${numbers.subprogram} = distinct !DISubprogram(${subprogram}, spFlags: DISPFlagDefinition)`,
        `!${numbers.location} = !DILocation(line: 0, scope: !${numbers.subprogram})`,
      ];
    }),
  );
  return [
    `!llvm.dbg.cu = !{!${DEBUG.unit}}`,
    `!${DEBUG.file} = !DIFile(filename: "entry", directory: "")`,
    `!${DEBUG.unit} = distinct !DICompileUnit(${unit}, emissionKind: LineTablesOnly)`,
    `!${DEBUG.type} = !DISubroutineType(types: !{null})`,
    ...lines,
    '',
  ].join('\n');
}

function subprogramText({ debugIndex }: Entry, isInner = false): string {
  return debugIndex === undefined ? '' : ` !dbg !${debugNumbers(debugIndex, isInner).subprogram}`;
}

/**
 * Behind a call. It is inlined first of all: else the optimiser may move loads of the callee here, where they would
 * lose their line.
 */
function locationText({ debugIndex }: Entry, isInner = false): string {
  return debugIndex === undefined ? '' : ` alwaysinline, !dbg !${debugNumbers(debugIndex, isInner).location}`;
}

/** `args` is packed arguments with addresses in place of places in memory, `ret` a result's area (packed.ts). */
export function packedEntryText(entry: Entry): string {
  const { name, callee, signature } = entry;
  let offset = 0;
  const args: TypedValue[] = [];
  const lines: string[] = [];
  for (const [index, parameter] of signature.parameters.entries()) {
    const received = receiveText(parameter, `a${index}`, offset);
    offset += slotsByteLength(parameter);
    lines.push(...received.lines);
    args.push(...received.values);
  }
  const result = naturalType(signature.result);
  const list = args.map(({ type, name: value }) => `${type} %${value}`).join(', ');
  const call = `call ${result} ${quote(callee)}(${list})${locationText(entry)}`;
  return [
    `define void ${quote(name)}(i8* %args, i8* %ret) nounwind${subprogramText(entry)} {`,
    ...lines,
    ...(signature.result.kind === 'void'
      ? [`  ${call}`]
      : [`  %r = ${call}`, ...resultText(signature.result)]),
    '  ret void',
    '}',
    '',
  ].join('\n');
}

interface TypedValue {
  readonly type: string;
  readonly name: string;
}

/** Loads what one parameter takes from the slots at `offset`. */
function receiveText(
  parameter: Type,
  name: string,
  offset: number,
): { readonly lines: readonly string[]; readonly values: readonly TypedValue[] } {
  if (parameter.kind === 'struct') {
    const parts = slotParts(parameter, offset);
    const loads = parts.flatMap((part, index) => loadText({ ...part, name: `${name}.v${index}` }));
    return {
      lines: [...loads, ...structText(name, parameter, flattenedType(parameter))],
      values: [{ type: naturalType(parameter), name }],
    };
  }
  const parts = slotParts(parameter, offset);
  const named = parts.map((part, index) => ({
    ...part,
    name: parts.length === 1 ? name : `${name}.${index}`,
  }));
  return { lines: named.flatMap(loadText), values: named };
}

interface SlotPart {
  readonly type: string;
  /** In bytes, from the first slot of all. */
  readonly offset: number;
}

/** The values that the slots of one parameter hold. */
function slotParts(type: Type, offset: number): readonly SlotPart[] {
  if (type.kind === 'struct' || type.kind === 'tuple') {
    let next = offset;
    return type.members.flatMap((member) => {
      const parts = slotParts(member, next);
      next += slotsByteLength(member);
      return parts;
    });
  }
  return naturalParameterTypes(type).map((text, index) => ({ type: text, offset: offset + 8 * index }));
}

/** Stores `%r` in the result's area: a tuple's members in slots of their own. */
function resultText(result: Type): readonly string[] {
  if (result.kind !== 'tuple') return storeText('r', naturalType(result), 'ret', SLOT_ALIGNMENT);
  const places = memberPlaces(result);
  return slotParts(result, 0).flatMap(({ type, offset }, index) => [
    `  %m${index} = extractvalue ${naturalType(result)} %r, ${places[index]}`,
    `  %m${index}.s = getelementptr i8, i8* %ret, i64 ${offset}`,
    ...storeText(`m${index}`, type, `m${index}.s`, SLOT_ALIGNMENT),
  ]);
}

function storeText(value: string, type: string, address: string, alignment: number): readonly string[] {
  return [
    `  %${value}.b = bitcast i8* %${address} to ${type}*`,
    `  store ${type} %${value}, ${type}* %${value}.b, align ${alignment}`,
  ];
}

/**
 * `args` is `{ i64 length, column pointers… }` in 8-byte slots, `ret` where the results go: `length` elements of their
 * natural width each. The loop stands in a function of its own because only parameters can promise `noalias`, which
 * is what lets it vectorise without run-time checks.
 */
export function mapEntryText(entry: Entry): string {
  const { name, signature } = entry;
  const pointers = signature.parameters.map((_, index) => `i8* noalias %c${index}`);
  const loads = signature.parameters.flatMap((_, index) => [
    `  %s${index} = getelementptr i8, i8* %args, i64 ${8 * (index + 1)}`,
    `  %t${index} = bitcast i8* %s${index} to i8**`,
    `  %c${index} = load i8*, i8** %t${index}, align 8`,
  ]);
  const columns = signature.parameters.map((_, index) => `, i8* %c${index}`).join('');
  return [
    `define internal void ${quote(`${name}.loop`)}(${['i64 %length', ...pointers, 'i8* noalias %out'].join(', ')}) nounwind${subprogramText(entry, true)} {`,
    'entry:',
    '  %empty = icmp eq i64 %length, 0',
    '  br i1 %empty, label %done, label %loop',
    'loop:',
    '  %i = phi i64 [ 0, %entry ], [ %next, %loop ]',
    ...signature.parameters.flatMap((parameter, index) => elementText(parameter, index)),
    ...callText(entry),
    '  %next = add i64 %i, 1',
    '  %more = icmp ult i64 %next, %length',
    '  br i1 %more, label %loop, label %done',
    'done:',
    '  ret void',
    '}',
    '',
    `define void ${quote(name)}(i8* %args, i8* %ret) nounwind${subprogramText(entry)} {`,
    '  %n = bitcast i8* %args to i64*',
    '  %length = load i64, i64* %n, align 8',
    ...loads,
    `  call void ${quote(`${name}.loop`)}(i64 %length${columns}, i8* %ret)${locationText(entry)}`,
    '  ret void',
    '}',
    '',
  ].join('\n');
}

/** A global's name in IR: quoted, with everything LLVM could misread as `\xx`. */
export function quote(name: string): string {
  const escaped = Buffer.from(name)
    .toString('latin1')
    .replace(/[^\x21-\x7e]|["\\]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `@"${escaped}"`;
}

function loadText({ name, type, offset }: TypedValue & SlotPart): readonly string[] {
  return [
    `  %${name}.s = getelementptr i8, i8* %args, i64 ${offset}`,
    `  %${name}.p = bitcast i8* %${name}.s to ${type}*`,
    `  %${name} = load ${type}, ${type}* %${name}.p, align ${SLOT_ALIGNMENT}`,
  ];
}

const SLOT_ALIGNMENT = 8;

/** Makes the struct `%value` of its flattened members `%value.v0`, `%value.v1` … */
function structText(value: string, type: Type, members: readonly Type[]): readonly string[] {
  const text = naturalType(type);
  const places = memberPlaces(type);
  return members.map((member, at) => {
    const before = at === 0 ? 'undef' : `%${value}.${at - 1}`;
    const after = at === members.length - 1 ? `%${value}` : `%${value}.${at}`;
    return `  ${after} = insertvalue ${text} ${before}, ${naturalType(member)} %${value}.v${at}, ${places[at]}`;
  });
}

/** Where each flattened member stands in a struct or tuple: `0`, `1, 0`, `1, 1`. */
function memberPlaces(type: Type): readonly string[] {
  if (type.kind !== 'struct' && type.kind !== 'tuple') return [];
  return type.members.flatMap((member, index) =>
    member.kind === type.kind ? memberPlaces(member).map((place) => `${index}, ${place}`) : [`${index}`],
  );
}

/** Columns lie wherever a message put them: no alignment is promised, and none is needed for speed. */
function elementText(type: Type, index: number): readonly string[] {
  const text = naturalType(type);
  return [
    `  %b${index} = bitcast i8* %c${index} to ${text}*`,
    `  %p${index} = getelementptr ${text}, ${text}* %b${index}, i64 %i`,
    `  %a${index} = load ${text}, ${text}* %p${index}, align 1`,
  ];
}

/** Calls with %a0, %a1 … and stores the result at element %i of %out. */
function callText(entry: Entry): readonly string[] {
  const { callee, signature } = entry;
  const args = signature.parameters.map((parameter, at) => `${naturalType(parameter)} %a${at}`).join(', ');
  const text = naturalType(signature.result);
  const call = `call ${text} ${quote(callee)}(${args})${locationText(entry, true)}`;
  if (signature.result.kind === 'void') return [`  ${call}`];
  return [
    `  %r = ${call}`,
    `  %r.o = bitcast i8* %out to ${text}*`,
    `  %r.p = getelementptr ${text}, ${text}* %r.o, i64 %i`,
    `  store ${text} %r, ${text}* %r.p, align 1`,
  ];
}
