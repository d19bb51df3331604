import { formatUnlabelled } from './format-type.ts';
import type { FunctionType, Type } from './types.ts';

const INTEGER_SIGN_PENALTY = 10;
const TO_FLOATING_PENALTY = 1000;
const DECAY_PENALTY = 1;

/**
 * RBC's penalty for passing an argument of type `argument` to a parameter of type `parameter`: 0 is perfect, undefined
 * means it can't be passed. Narrowing is allowed here at a price; whether the value fits is checked when it is packed.
 */
export function matchPenalty(parameter: Type, argument: Type): number | undefined {
  if (sameType(parameter, argument)) return 0;
  switch (argument.kind) {
    case 'void':
      return parameter.kind === 'void' ? 0 : undefined;
    case 'pointer':
      return parameter.kind === 'pointer' ? pointerPenalty(parameter.element, argument.element) : undefined;
    case 'struct':
    case 'tuple':
      return parameter.kind === argument.kind ? sumPenalty(parameter.members, argument.members) : undefined;
    case 'function':
      return parameter.kind === 'function' ? functionPenalty(parameter, argument) : undefined;
    case 'int':
    case 'uint':
      return fromInteger(parameter, argument.kind, argument.bits);
    case 'bool':
      return fromBool(parameter, argument.bits);
    case 'float':
      if (parameter.kind === 'complex') return TO_FLOATING_PENALTY;
      return parameter.kind === 'float' ? narrowing(parameter.bits, argument.bits) : undefined;
    case 'complex':
      return parameter.kind === 'complex' ? narrowing(parameter.bits, argument.bits) : undefined;
    case 'char':
      return parameter.kind === 'char' ? narrowing(parameter.bits, argument.bits) : undefined;
    case 'array':
      return parameter.kind === 'pointer' ? arrayPenalty(parameter.element, argument.element) : undefined;
    case 'string':
    case 'custom':
      return undefined;
  }
}

/** The sum over all parameters; undefined when the arity differs or one argument can't be passed. */
export function signaturePenalty(
  signature: FunctionType,
  argumentTypes: readonly Type[],
): number | undefined {
  return sumPenalty(signature.parameters, argumentTypes);
}

/** Equal but for the names inside. */
export function sameType(left: Type, right: Type): boolean {
  return left.kind === right.kind && unnamed(left) === unnamed(right);
}

function unnamed(type: Type): string {
  switch (type.kind) {
    case 'pointer':
      return `${unnamed(type.element)}*`;
    case 'array':
      return `${unnamed(type.element)}[${type.rank}]`;
    case 'struct':
    case 'tuple':
      return `${type.kind}(${type.members.map(unnamed).join()})`;
    case 'function':
      return `${unnamed(type.result)}(${type.parameters.map(unnamed).join()})`;
    case 'custom':
      return `${type.name}<${type.parameters.map(unnamed).join()}>`;
    default:
      return formatUnlabelled(type);
  }
}

/** An array decays to a pointer to its first element, as in C; a parameter that keeps its lengths is better. */
function arrayPenalty(parameter: Type, element: Type): number | undefined {
  if (parameter.kind === 'void') return DECAY_PENALTY + 1;
  return sameType(parameter, element) ? DECAY_PENALTY : undefined;
}

/** `void*` takes and gives any pointer. */
function pointerPenalty(parameter: Type, argument: Type): number | undefined {
  return parameter.kind === 'void' || argument.kind === 'void' ? 0 : undefined;
}

function functionPenalty(parameter: FunctionType, argument: FunctionType): number | undefined {
  const result = matchPenalty(parameter.result, argument.result);
  const parameters = sumPenalty(parameter.parameters, argument.parameters);
  return result === undefined || parameters === undefined ? undefined : result + parameters;
}

function sumPenalty(parameters: readonly Type[], args: readonly Type[]): number | undefined {
  if (parameters.length !== args.length) return undefined;
  let sum = 0;
  for (const [index, parameter] of parameters.entries()) {
    const argument = args[index];
    const penalty = argument && matchPenalty(parameter, argument);
    if (penalty === undefined) return undefined;
    sum += penalty;
  }
  return sum;
}

function narrowing(parameterBits: number, argumentBits: number): number {
  return Math.max(0, argumentBits - parameterBits);
}

function fromInteger(parameter: Type, kind: 'int' | 'uint', bits: number): number | undefined {
  switch (parameter.kind) {
    case 'int':
    case 'uint':
      return (parameter.kind === kind ? 0 : INTEGER_SIGN_PENALTY) + narrowing(parameter.bits, bits);
    case 'float':
    case 'complex':
      return TO_FLOATING_PENALTY;
    case 'bool':
      return Math.abs(bits - parameter.bits);
    default:
      return undefined;
  }
}

function fromBool(parameter: Type, bits: number): number | undefined {
  if (parameter.kind === 'int' || parameter.kind === 'uint') return 0;
  return parameter.kind === 'bool' ? narrowing(parameter.bits, bits) : undefined;
}
