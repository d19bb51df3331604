/** TypeScript's declarations of what every cell can use: the session's globals. */
import { fileURLToPath } from 'node:url';
import { imaginaryUnit } from './language/service/plain-typescript.ts';

/** Where the compiler puts declarations, whether this module is there or joined with others. */
const declarations = new URL('../../dist/kernel/', import.meta.url);

const path = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(name, declarations)).replaceAll('\\', '/'));

/** Classes and functions of the package that cells know by their own names. */
const CLASSES = ['Complex', 'CompileError', 'NdArray', 'RemoteError', 'TypedValue'];
const INTEGERS = [8, 16, 32, 64].flatMap((bits) => [`int${bits}`, `uint${bits}`]);
const FLOATS = ['float32', 'float64'];
const COMPLEXES = ['complex64', 'complex128'];

/** A module that augments the global scope. The types are those of the compiled package, so that they stay true. */
export function cellGlobals(): string {
  return `
import type * as rjitPackage from ${path('./rjit/remote-jit.js')};
import type { DisplayFunction } from ${path('./session/display/display.js')};
import type { jupyterNamespace } from ${path('./session/display/jupyter.js')};
import type { ProgressFunction } from ${path('./session/display/progress.js')};
import type * as views from ${path('./session/display/views.js')};

declare global {
  /** Writes values to the cell's output, as Python's \`print\` does: strings as they are, the rest as Node shows it. */
  function print(...values: unknown[]): void;
  /** Shows a value in its richest form. \`display.clear()\` removes what the cell has shown. */
  const display: DisplayFunction;
  /** Shows HTML, a tag for template literals. */
  const html: typeof views.html;
  /** Shows Markdown. */
  const md: typeof views.md;
  /** Shows a drawing. */
  const svg: typeof views.svg;
  /** Shows a picture, from a file or from its bytes. */
  const image: typeof views.image;
  /** Shows records, a matrix, a Map or an array as a table. */
  const table: typeof views.table;
  /** A progress bar: \`for (const item of progress(items))\`, or \`const bar = progress(100)\` and \`bar.update()\`. */
  const progress: ProgressFunction;
  /** Deno's helpers for notebooks, under the names that they have there. */
  const jupyter: ReturnType<typeof jupyterNamespace>;
  /** Asks the user for a line of text; \`{ password: true }\` hides what is typed. */
  function input(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;
  /** The same as \`input\`. */
  function prompt(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;

  /** The code of the cells, by their number. */
  const In: string[];
  /** The results of the cells, by their number. */
  const Out: Record<number, any>;
  /** The last result. */
  var _: any;
  /** The result before the last. */
  var __: any;
  /** The result before that. */
  var ___: any;

  /** The session's own client of remote functions: \`rjit('int64(int64, int64)')(function add(a, b) { return a + b; })\`. */
  const rjit: RjitClient;
  const RemoteJIT: { new (options?: rjitPackage.RemoteJITOptions): RjitClient };
  type RemoteJIT = RjitClient;
${CLASSES.map((name) => `  const ${name}: typeof rjitPackage.${name};\n  type ${name} = rjitPackage.${name};`).join('\n')}
  const RemoteFunction: typeof rjitPackage.RemoteFunction;
  /** \`complex(1, 3.4)\` is what \`1 + 3.4j\` is in Python. */
  const complex: typeof rjitPackage.complex;
  const ndarray: typeof rjitPackage.ndarray;
${[...INTEGERS, ...FLOATS]
  .map(
    (name) =>
      `  /** A number that says its own type: it chooses overloads as ${name}. */\n  const ${name}: typeof rjitPackage.${name};`,
  )
  .join('\n')}
  const ${imaginaryUnit}: Complex;

${INTEGERS.map((name) => `  type ${name} = number | bigint | TypedValue;`).join('\n')}
${FLOATS.map((name) => `  type ${name} = number | bigint | TypedValue;`).join('\n')}
${COMPLEXES.map((name) => `  type ${name} = number | Complex | TypedValue;`).join('\n')}
  type bool = boolean | number;

  /** A function whose body runs on the server: \`Calls\` are its overloads, \`AsyncCalls\` the same with promises. */
  type RemoteCalls<Calls, AsyncCalls> = Calls & RemoteMembers<Calls, AsyncCalls> & ((...args: any[]) => any);

  /** A function whose body runs on the server. */
  type RemoteFunction = RemoteCalls<any, any>;
}

interface RemoteMembers<Calls, AsyncCalls> extends Omit<rjitPackage.RemoteFunction, 'async' | 'local' | 'signature' | 'compile' | 'forget'> {
  /** Calls without blocking: a promise of the result. */
  readonly async: AsyncCalls & ((...args: any[]) => Promise<any>) & {
    /** \`map\`, as a promise. */
    map(...columns: readonly unknown[]): Promise<any>;
  };
  /** Runs the source in this process instead, with the same types and checks, to compare. */
  readonly local: Calls & ((...args: any[]) => any);
  /** Adds an overload: \`foo.signature('double(double, double)')\`. */
  signature(text: string): RemoteCalls<Calls, AsyncCalls>;
  /** Compiles every overload now, before the first call. */
  compile(): RemoteCalls<Calls, AsyncCalls>;
}

/** Gives a function its signatures. */
type RjitClient = {
  <const S extends readonly string[]>(
    ...signatures: S
  ): (body: (...args: any[]) => unknown) => RemoteCalls<CallsOf<S>, AsyncCallsOf<S>>;
} & Pick<rjitPackage.RemoteJIT, keyof rjitPackage.RemoteJIT>;

type CallsOf<S> = S extends readonly [infer First extends string, ...infer Rest]
  ? ((...args: ParametersOf<First>) => ResultOf<First>) & CallsOf<Rest>
  : unknown;
type AsyncCallsOf<S> = S extends readonly [infer First extends string, ...infer Rest]
  ? ((...args: ParametersOf<First>) => Promise<ResultOf<First>>) & AsyncCallsOf<Rest>
  : unknown;
type ResultOf<S> = S extends \`\${infer Result}(\${string}\` ? NamedType<Result, ResultTypes> : any;
type ParametersOf<S> = S extends \`\${string}(\${infer List})\${string}\` ? ParameterList<List> : any[];
type ParameterList<S> = TrimmedText<S> extends '' | 'void'
  ? []
  : S extends \`\${infer First},\${infer Rest}\`
    ? [NamedType<First, ParameterTypes>, ...ParameterList<Rest>]
    : [NamedType<S, ParameterTypes>];
type NamedType<S, Table> = FirstWord<TrimmedText<S>> extends infer Name
  ? Name extends keyof Table ? Table[Name] : any
  : any;
type TrimmedText<S> = S extends \` \${infer T}\` ? TrimmedText<T> : S extends \`\${infer T} \` ? TrimmedText<T> : S;
type FirstWord<S> = S extends \`\${infer Word} \${string}\` ? Word : S;
interface ParameterTypes {
${[...INTEGERS, ...FLOATS, ...COMPLEXES, 'bool'].map((name) => `    ${name}: ${name};`).join('\n')}
  double: float64;
  float: float32;
  int: int32;
  long: int64;
  complex: complex64;
}
interface ResultTypes {
${[...INTEGERS, ...FLOATS, 'double', 'float', 'int', 'long'].map((name) => `    ${name}: number;`).join('\n')}
${[...COMPLEXES, 'complex'].map((name) => `    ${name}: Complex;`).join('\n')}
  bool: boolean;
  void: undefined;
}
`;
}
