import { formatParameters, formatType } from '../../backend/contract/format-type.ts';
import { sameType, signaturePenalty } from '../../backend/contract/match.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { ArrayType, FunctionType, Type } from '../../backend/contract/types.ts';

/** An integer is taken for an address only where nothing else takes it. */
const ADDRESS_PENALTY = 10_000;
const ADDRESS: Type = { kind: 'pointer', element: { kind: 'void' } };

/**
 * The overload for arguments of these types: the one with the least penalty, of several such the oldest, as RBC does.
 *
 * @throws RemoteError `no-match` with RBC's text
 */
export function chooseOverload<T extends { readonly signature: FunctionType }>(
  overloads: readonly T[],
  argumentTypes: readonly Type[],
): T {
  let best: { readonly overload: T; readonly penalty: number } | undefined;
  for (const overload of overloads) {
    const penalty =
      signaturePenalty(overload.signature, argumentTypes) ??
      addressPenalty(overload.signature, argumentTypes);
    if (penalty !== undefined && (!best || penalty < best.penalty)) best = { overload, penalty };
  }
  if (best) return best.overload;
  const signatures = overloads.map(({ signature }) => signature);
  const available = signatures.map((signature) => `\n    ${formatType(signature)}`).join('');
  throw new RemoteError(
    'no-match',
    `found no matching function signature to given argument types:\n    (${formatParameters(argumentTypes)}) -> ...\n` +
      `  available function signatures:${available}${hintFor(signatures, argumentTypes)}`,
  );
}

/** Pointers that functions return are numbers here: they can be given to others. */
function addressPenalty(signature: FunctionType, argumentTypes: readonly Type[]): number | undefined {
  const isAddress = (type: Type, index: number) =>
    signature.parameters[index]?.kind === 'pointer' && (type.kind === 'int' || type.kind === 'uint');
  if (!argumentTypes.some(isAddress)) return undefined;
  const types = argumentTypes.map((type, index) => (isAddress(type, index) ? ADDRESS : type));
  const penalty = signaturePenalty(signature, types);
  return penalty === undefined ? undefined : penalty + ADDRESS_PENALTY;
}

/** What to write instead, where an array is given that no overload takes there. */
function hintFor(signatures: readonly FunctionType[], argumentTypes: readonly Type[]): string {
  for (const [index, given] of argumentTypes.entries()) {
    const wanted = signatures.flatMap(({ parameters }) => parameters[index] ?? []);
    if (given.kind === 'tuple' && !wanted.some(({ kind }) => kind === 'tuple')) {
      const array = wanted.find((type) => type.kind === 'array');
      if (array)
        return `\n  = hint: argument ${index + 1} is a plain array; write ${arrayName(array.element)}.from(…)`;
    }
    if (given.kind !== 'array') continue;
    if (wanted.some((type) => sameType(type, given) || isPointerTo(type, given))) continue;
    const hint = wanted.map((type) => arrayHint(given, type)).find((text) => text !== undefined);
    if (hint !== undefined) return `\n  = hint: argument ${index + 1} is ${formatType(given)}; ${hint}`;
  }
  return '';
}

function isPointerTo(type: Type, { element }: ArrayType): boolean {
  return type.kind === 'pointer' && (type.element.kind === 'void' || sameType(type.element, element));
}

function arrayHint(given: ArrayType, wanted: Type): string | undefined {
  if (wanted.kind !== 'array' && wanted.kind !== 'pointer') {
    return `the function takes one ${formatType(wanted)}: call it for each element with .map(…)`;
  }
  const { element } = wanted;
  const rank = wanted.kind === 'array' ? wanted.rank : 1;
  if (element.kind === 'complex' || element.kind === 'bool') {
    const holder = element.kind === 'bool' ? 'bytes' : 'pairs';
    return `${formatType(wanted)} takes ndarray(${holder}, ${shapeText(rank)}, '${formatType(element)}')`;
  }
  if (!sameType(element, given.element)) {
    return `convert it: ${arrayName(element)}.from(a)${rank === 2 ? ', with its shape' : ''}`;
  }
  return `give it a shape: ndarray(data, ${shapeText(rank)})`;
}

function shapeText(rank: number): string {
  return rank === 2 ? '[rows, columns]' : '[length]';
}

/** `Float64Array` for float64. */
function arrayName(element: Type): string {
  const name = formatType(element);
  if (name === 'int64') return 'BigInt64Array';
  if (name === 'uint64') return 'BigUint64Array';
  return `${name.replace(/^u?[a-z]/, (begin) => (begin.length === 2 ? `U${begin[1]}` : begin.toUpperCase()))}Array`;
}
