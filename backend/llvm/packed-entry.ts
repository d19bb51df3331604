import { flattenedType, packedLayout } from '../contract/packed.ts';
import type { FunctionType, Type } from '../contract/types.ts';
import { naturalType } from './natural-type.ts';

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
}

/** `args` is packed arguments, `ret` a result's area (packed.ts). */
export function packedEntryText({ name, callee, signature }: Entry): string {
  const { argumentOffsets } = packedLayout(signature);
  let slot = 0;
  const lines = signature.parameters.flatMap((parameter, index) => {
    const members = flattenedType(parameter);
    const names = parameter.kind === 'struct' ? members.map((_, at) => `a${index}.v${at}`) : [`a${index}`];
    const loads = members.flatMap((member, at) => {
      const address = `s${slot}`;
      const offset = argumentOffsets[slot++] ?? 0;
      return [
        `  %${address} = getelementptr i8, i8* %args, i64 ${offset}`,
        ...loadText(names[at] ?? '', member, address),
      ];
    });
    return parameter.kind === 'struct' ? [...loads, ...structText(`a${index}`, parameter, members)] : loads;
  });
  return [
    `define void ${quote(name)}(i8* %args, i8* %ret) nounwind {`,
    ...lines,
    ...callText(callee, signature, 'ret'),
    '  ret void',
    '}',
    '',
  ].join('\n');
}

/**
 * `args` is `{ i64 length, column pointers… }` in 8-byte slots, `ret` where the results go: `length` elements of their
 * natural width each. The loop stands in a function of its own because only parameters can promise `noalias`, which
 * is what lets it vectorise without run-time checks.
 */
export function mapEntryText({ name, callee, signature }: Entry): string {
  const pointers = signature.parameters.map((_, index) => `i8* noalias %c${index}`);
  const loads = signature.parameters.flatMap((_, index) => [
    `  %s${index} = getelementptr i8, i8* %args, i64 ${8 * (index + 1)}`,
    `  %t${index} = bitcast i8* %s${index} to i8**`,
    `  %c${index} = load i8*, i8** %t${index}, align 8`,
  ]);
  const columns = signature.parameters.map((_, index) => `, i8* %c${index}`).join('');
  return [
    `define internal void ${quote(`${name}.loop`)}(${['i64 %length', ...pointers, 'i8* noalias %out'].join(', ')}) nounwind {`,
    'entry:',
    '  %empty = icmp eq i64 %length, 0',
    '  br i1 %empty, label %done, label %loop',
    'loop:',
    '  %i = phi i64 [ 0, %entry ], [ %next, %loop ]',
    ...signature.parameters.flatMap((parameter, index) => elementText(parameter, index)),
    ...callText(callee, signature, 'out', '%i'),
    '  %next = add i64 %i, 1',
    '  %more = icmp ult i64 %next, %length',
    '  br i1 %more, label %loop, label %done',
    'done:',
    '  ret void',
    '}',
    '',
    `define void ${quote(name)}(i8* %args, i8* %ret) nounwind {`,
    '  %n = bitcast i8* %args to i64*',
    '  %length = load i64, i64* %n, align 8',
    ...loads,
    `  call void ${quote(`${name}.loop`)}(i64 %length${columns}, i8* %ret)`,
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

function loadText(value: string, type: Type, address: string): readonly string[] {
  const text = naturalType(type);
  return [
    `  %${value}.p = bitcast i8* %${address} to ${text}*`,
    `  %${value} = load ${text}, ${text}* %${value}.p, align ${SLOT_ALIGNMENT}`,
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

/** Where each flattened member stands in a struct: `0`, `1, 0`, `1, 1`. */
function memberPlaces(type: Type): readonly string[] {
  if (type.kind !== 'struct') return [];
  return type.members.flatMap((member, index) =>
    member.kind === 'struct' ? memberPlaces(member).map((place) => `${index}, ${place}`) : [`${index}`],
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

/** Calls with %a0, %a1 … and stores the result at `target`, or at its element `index`. */
function callText(
  callee: string,
  signature: FunctionType,
  target: string,
  index?: string,
): readonly string[] {
  const args = signature.parameters.map((parameter, at) => `${naturalType(parameter)} %a${at}`).join(', ');
  const call = `call ${naturalType(signature.result)} ${quote(callee)}(${args})`;
  if (signature.result.kind === 'void') return [`  ${call}`];
  const text = naturalType(signature.result);
  const stored = index === undefined ? '%r.b' : '%r.p';
  return [
    `  %r = ${call}`,
    `  %r.b = bitcast i8* %${target} to ${text}*`,
    ...(index === undefined ? [] : [`  %r.p = getelementptr ${text}, ${text}* %r.b, i64 ${index}`]),
    `  store ${text} %r, ${text}* ${stored}, align ${index === undefined ? SLOT_ALIGNMENT : 1}`,
  ];
}
