import { Complex } from '../../../backend/contract/complex.ts';
import { formatType } from '../../../backend/contract/format-type.ts';
import type { PickleValue } from '../../../backend/contract/pickle-value.ts';
import type { WritablePickle } from '../../../backend/contract/pickle-writer.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';

const SENT_KINDS: readonly Type['kind'][] = ['bool', 'int', 'uint', 'char', 'float', 'complex'];

/** @throws RemoteError `unsupported` for a signature with other values than numbers and bools */
export function refuseTypes({ parameters, result }: FunctionType): void {
  const types = result.kind === 'void' ? parameters : [...parameters, result];
  const refused = types.find(({ kind }) => !SENT_KINDS.includes(kind));
  if (refused === undefined) return;
  throw new RemoteError(
    'unsupported',
    `values of type ${formatType(refused)} can't be sent to RBC's server; it takes numbers and bools`,
  );
}

/** An argument as Python has it: an int stays an int, whatever its size. */
export function toPickledArgument(value: unknown, type: Type | undefined): WritablePickle {
  if (value instanceof Complex) return value;
  switch (typeof value) {
    case 'number':
      return type?.kind === 'float' || type?.kind === 'complex' ? value : BigInt(value);
    case 'bigint':
      return value;
    case 'boolean':
      return type?.kind === 'bool' ? value : BigInt(value);
    default:
      throw new RemoteError('unsupported', "only numbers and bools can be sent to RBC's server");
  }
}

/** @throws RemoteError `unsupported` for what is no number, bool or None */
export function resultOfPickle(value: PickleValue): Value {
  if (value === null) return undefined;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Complex) return value;
  throw new RemoteError('unsupported', "the function returned what isn't a number; only numbers are read");
}
