import { Complex } from '../../backend/contract/complex.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import type { Value } from '../../backend/contract/value-codec.ts';
import { createInterpreter, type Value as InterpretedValue, RaisedException } from '../compiler/interpret.ts';
import type { FunctionModule } from './function-module.ts';
import type { RemoteOverload } from './remote-overload.ts';

/**
 * Runs an overload in this process, by interpreting what would be compiled: same types, same checks, same errors, no
 * server.
 */
export function callLocally(
  module: FunctionModule,
  overload: RemoteOverload,
  args: readonly unknown[],
): Value {
  const { functionName, signature, symbol, packed } = overload;
  // Through the packed form, so that arguments are checked and rounded as in a remote call.
  const values = packed.unpackArguments(overload.pack(args));
  const interpreter = createInterpreter(module.typed({ functionName, signature }));
  try {
    const result = interpreter.call(
      symbol,
      values.map((value, index) => toInterpreter(value, parameterType(signature, index))),
    );
    return packed.unpackResult(packed.packResult(fromInterpreter(result)));
  } catch (caught) {
    if (!(caught instanceof RaisedException)) throw caught;
    const text = caught.message === '' ? caught.exception : `${caught.exception}: ${caught.message}`;
    throw new RemoteError('jit-raise', text, {
      functionName,
      fileName: caught.fileName,
      line: caught.line,
      cause: caught,
    });
  }
}

function parameterType({ parameters }: FunctionType, index: number): Type | undefined {
  return parameters[index];
}

function toInterpreter(value: Value, type: Type | undefined): InterpretedValue {
  if (type?.kind === 'int' || type?.kind === 'uint') {
    return typeof value === 'number' || typeof value === 'boolean' ? BigInt(value) : value;
  }
  return value;
}

function fromInterpreter(value: InterpretedValue): unknown {
  if (typeof value === 'object' && 're' in value) return new Complex(value.re, value.im);
  return value;
}
