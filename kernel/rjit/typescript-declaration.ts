/** A remote function in the words of TypeScript, for completion, descriptions and type checks of cells. */
import { formatUnlabelled } from '../../backend/contract/format-type.ts';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import type { RemoteFunction } from './remote-function.ts';

export interface FunctionDeclaration {
  readonly name: string;
  /** `declare const name: …` with the source's documentation; uses the types that cells know, such as `int64`. */
  readonly text: string;
  /** `int64 foo(int64 a, int64 b)` for each overload. */
  readonly signatures: readonly string[];
  readonly source?: { readonly language: string; readonly text: string };
}

/** Types that have a name in cells; the others are `any` there. */
const NAMED: ReadonlySet<string> = new Set([
  ...[8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`]),
  ...['float32', 'float64', 'complex64', 'complex128', 'bool'],
]);

const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  python: 'Python',
  typescript: 'TypeScript',
  c: 'C',
  cpp: 'C++',
  'c++': 'C++',
  ir: 'LLVM IR',
};

export function declareInTypeScript(name: string, remote: RemoteFunction): FunctionDeclaration {
  const { description } = remote;
  const parameterNames = description?.parameterNames ?? [];
  const types = remote.signatures.map(parseSignature);
  const calls = (result: (type: Type) => string): string =>
    types.map((type) => `(${parameters(type, parameterNames)}): ${result(type.result)}`).join('; ');
  const text = [
    comment([
      `A remote function${description ? `, written in ${LANGUAGE_NAMES[description.language] ?? description.language}` : ''}.`,
      description?.documentation,
    ]),
    `declare const ${name}: RemoteCalls<{ ${calls(resultType)} }, { ${calls((type) => `Promise<${resultType(type)}>`)} }>;`,
  ].join('\n');
  return {
    name,
    text,
    signatures: types.map((type) => signatureText(name, type, parameterNames)),
    ...(description && { source: { language: description.language, text: description.source } }),
  };
}

function comment(paragraphs: readonly (string | undefined)[]): string {
  const lines = paragraphs
    .filter((paragraph) => paragraph !== undefined)
    .join('\n\n')
    .replaceAll('*/', '*\u200b/')
    .split('\n');
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */`;
}

function parameters({ parameters }: FunctionType, names: readonly string[]): string {
  return parameters.map((type, index) => `${nameOf(type, index, names)}: ${parameterType(type)}`).join(', ');
}

function nameOf(type: Type, index: number, names: readonly string[]): string {
  return names[index] ?? type.label ?? `arg${index + 1}`;
}

function parameterType(type: Type): string {
  const name = formatUnlabelled(type);
  return NAMED.has(name) ? name : 'any';
}

/** An integer beyond 2**53 comes as a bigint, which nobody who adds numbers wants to be told of. */
function resultType(type: Type): string {
  switch (type.kind) {
    case 'int':
    case 'uint':
    case 'float':
      return 'number';
    case 'bool':
      return 'boolean';
    case 'complex':
      return 'Complex';
    case 'void':
      return 'undefined';
    default:
      return 'any';
  }
}

function signatureText(name: string, { result, parameters }: FunctionType, names: readonly string[]): string {
  const list = parameters.map((type, index) => `${formatUnlabelled(type)} ${nameOf(type, index, names)}`);
  return `${formatUnlabelled(result)} ${name}(${list.join(', ')})`;
}
