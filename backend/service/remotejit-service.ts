import { readFileSync } from 'node:fs';
import { Processor as InfoProcessor } from '#thrift/info.js';
import { Processor as RemotejitProcessor } from '#thrift/remotejit.js';
import { Data, Exception } from '#thrift/remotejit_types.js';
import { formatType } from '../contract/format-type.ts';
import { demangle } from '../contract/mangle.ts';
import { flattenedParameters } from '../contract/packed.ts';
import { readPickle } from '../contract/pickle-reader.ts';
import { writePickle } from '../contract/pickle-writer.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType } from '../contract/types.ts';
import { hostTargets } from './host-target.ts';
import { flattenArguments, fromPickle, toPickle } from './rbc-values.ts';
import { type ThriftServices, thriftService } from './thrift-dispatch.ts';
import type { WorkerSession } from './worker-session.ts';

/** The enums of the contract; node can't import the generated ones by name. */
const exceptionMessage = 0;
const dataKind = { raw: 0, encoded: 1, pickled: 2 } as const;

/** RBC's two services, as its unmodified Python client uses them. */
export function remotejitServices(session: WorkerSession): ThriftServices {
  const info = thriftService(InfoProcessor, {
    thrift_content: async () => contractText(),
    nvidia_smi_query: () =>
      answer((): string => {
        throw new RemoteError('unsupported', 'this server has no GPU to query');
      }),
  });
  const remotejit = thriftService(RemotejitProcessor, {
    targets: () => answer(() => hostTargets(session.target)),
    compile: (name: string, signatures: string, ir: string) =>
      answer(() => compile(session, name, signatures, ir)),
    call: (fullName: string, data: Data) => answer(() => call(session, fullName, data)),
    python: (_statement: string) =>
      answer((): boolean => {
        throw new RemoteError(
          'unsupported',
          'this server runs compiled functions only, never Python statements',
        );
      }),
  });
  return new Map([
    ['info', info],
    ['remotejit', remotejit],
  ]);
}

let contract: string | undefined;

/** RBC's client parses this text and uses it as its interface definition. */
function contractText(): string {
  contract ??= readFileSync(new URL('../../../backend/contract/remotejit.thrift', import.meta.url), 'utf8');
  return contract;
}

async function answer<T>(run: () => T): Promise<T> {
  try {
    return run();
  } catch (error) {
    throw new Exception({ kind: exceptionMessage, message: pythonError(error) });
  }
}

/** RBC's client cuts the text at the first colon and raises the Python exception of that name. */
function pythonError(caught: unknown): string {
  const error = RemoteError.from(caught);
  // A raise already reads "ZeroDivisionError: division by zero".
  if (error.code === 'jit-raise')
    return /^\w+: /.test(error.detail) ? error.detail : `RuntimeError: ${error.detail}`;
  const exception = error.code === 'bad-argument' ? 'TypeError' : 'RuntimeError';
  return `${exception}: ${error.detail}`;
}

function compile(session: WorkerSession, name: string, signatures: string, ir: string): boolean {
  const functions = signatures.split(';').map((mangled) => {
    const signature = parseMangled(mangled);
    if (signature.result.kind === 'struct') {
      throw new RemoteError(
        'unsupported',
        'Functions with aggregate return type values are not supported, ' +
          `got function \`${name}\` with \`${formatType(signature)}\` signature`,
      );
    }
    const symbol = name + mangled;
    return { name, symbol, signature: formatType(compiledSignature(signature, symbol, ir)) };
  });
  const replaced = functions.flatMap(({ symbol }) => session.functions.findSymbol(symbol)?.handle ?? []);
  session.functions.compile({ ir, functions, options: {} });
  session.functions.drop(replaced);
  return true;
}

/** RBC's client compiles a procedure to a function that returns some pointer, which its server never looks at. */
function compiledSignature(signature: FunctionType, symbol: string, ir: string): FunctionType {
  if (
    signature.result.kind !== 'void' ||
    ir.includes(`void @${symbol}(`) ||
    ir.includes(`void @"${symbol}"(`)
  ) {
    return signature;
  }
  return { ...signature, result: { kind: 'pointer', element: { kind: 'void' } } };
}

function parseMangled(mangled: string): FunctionType {
  const type = demangle(mangled);
  if (type.kind === 'function') return type;
  throw new RemoteError(
    'bad-request',
    `'${mangled}' is the mangled name of ${formatType(type)}, not of a function`,
  );
}

function call(session: WorkerSession, fullName: string, data: Data): Data {
  const found = session.functions.findSymbol(fullName);
  if (found === undefined) {
    throw new RemoteError(
      'unknown-function',
      `no such compiled function \`${fullName}\`. Available functions:\n  ${session.functions.symbols().join('; ')}\n.`,
    );
  }
  if (data.kind !== dataKind.pickled) {
    throw new RemoteError(
      'bad-request',
      `arguments arrived as data of kind ${data.kind}; a pickled tuple is expected`,
    );
  }
  const args = flattenArguments(readPickle(data.data));
  const expected = flattenedParameters(found.signature).filter((parameter) => parameter.kind !== 'void');
  if (args.length !== expected.length) {
    throw new RemoteError(
      'bad-argument',
      `${fullName} takes ${expected.length} arguments, ${args.length} were given`,
    );
  }
  const values = expected.map((parameter, index) => fromPickle(args[index] ?? null, parameter));
  const packed = found.codec.packArguments(values);
  const value = toPickle(
    found.codec.unpackResult(session.call(found.handle, packed).result),
    found.signature.result,
  );
  if (value instanceof Uint8Array)
    return new Data({ kind: dataKind.raw, info: '', data: Buffer.from(value) });
  return new Data({ kind: dataKind.pickled, info: 'None', data: Buffer.from(writePickle(value)) });
}
