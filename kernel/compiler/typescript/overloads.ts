import type { FunctionDefinition } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelNode } from './babel-ast.ts';

export type OverloadSignature = FunctionDefinition['declaredSignatures'][number];

/** TypeScript's own names for the types of signatures. */
const SIGNATURE_NAMES: Readonly<Record<string, string>> = {
  number: 'float64',
  bigint: 'int64',
  boolean: 'bool',
  Int8Array: 'int8[]',
  Uint8Array: 'uint8[]',
  Int16Array: 'int16[]',
  Uint16Array: 'uint16[]',
  Int32Array: 'int32[]',
  Uint32Array: 'uint32[]',
  BigInt64Array: 'int64[]',
  BigUint64Array: 'uint64[]',
  Float32Array: 'float32[]',
  Float64Array: 'float64[]',
};

/** `function f(a: int64): int64;` above an implementation declares `int64(int64)`. */
export function overloadSignature(
  adapter: Adapter,
  node: BabelNode<'TSDeclareFunction'>,
): OverloadSignature | undefined {
  const span = adapter.span(node);
  const result = adapter.annotation(node.returnType);
  const parameters = node.params.map((each) =>
    each.type === 'Identifier' ? adapter.annotation(each.typeAnnotation)?.text : undefined,
  );
  if (result === undefined || parameters.includes(undefined)) {
    const hint = 'write the type of each parameter and of the result';
    adapter.reportUnsupported('an overload without types is not supported', span, hint);
    return undefined;
  }
  const names = parameters.map((text) => signatureName(text ?? ''));
  return { text: `${signatureName(result.text)}(${names.join(', ')})`, span };
}

function signatureName(text: string): string {
  return SIGNATURE_NAMES[text] ?? text;
}
