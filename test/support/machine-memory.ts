import { formatType } from '../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import { parseSignature } from '../../backend/contract/parse-type.ts';
import type { Type } from '../../backend/contract/types.ts';
import { compileModule } from '../../kernel/compiler/compile.ts';
import { parseModule } from '../../kernel/compiler/parse-module.ts';
import type { JitProcess, TestFunction } from './jit-process.ts';

const ALLOCATE = `declare i8* @malloc(i64)
define i64 @allocate_llA(i64 %size) {
  %p = call i8* @malloc(i64 %size)
  %address = ptrtoint i8* %p to i64
  ret i64 %address
}
`;

const ACCESS = `
def peek(p, i):
    return p[i]

def poke(p, i, value):
    p[i] = value
`;

/** Memory of a JitProcess, read and written by functions compiled there. It is freed with the process. */
export class MachineMemory {
  readonly #jit: JitProcess;
  readonly #access = new Map<string, Promise<{ peek: TestFunction; poke: TestFunction }>>();
  #allocate: Promise<TestFunction> | undefined;

  constructor(jit: JitProcess) {
    this.#jit = jit;
  }

  /** @returns the address of `values`, one after the other as elements of `type` */
  async write(type: Type, values: readonly unknown[]): Promise<bigint> {
    this.#allocate ??= this.#jit.define('allocate_llA', 'int64(int64)', ALLOCATE);
    // 16 bytes hold an element of any type.
    const address = BigInt((await (await this.#allocate).call(16 * values.length + 16)) as number | bigint);
    const { poke } = await this.#accessTo(type);
    for (const [index, value] of values.entries()) await poke.call(address, index, value);
    return address;
  }

  async read(type: Type, address: bigint, length: number): Promise<unknown[]> {
    const { peek } = await this.#accessTo(type);
    const values: unknown[] = [];
    for (let index = 0; index < length; index += 1) values.push(await peek.call(address, index));
    return values;
  }

  #accessTo(type: Type): Promise<{ peek: TestFunction; poke: TestFunction }> {
    const name = formatType(type);
    const known = this.#access.get(name) ?? this.#compileAccess(name);
    this.#access.set(name, known);
    return known;
  }

  async #compileAccess(name: string): Promise<{ peek: TestFunction; poke: TestFunction }> {
    const parsed = parseModule({ source: ACCESS, fileName: 'memory', language: 'python' });
    if (!parsed.ok) throw new Error('the access functions do not parse');
    const texts = { peek: `${name}(${name}*, int64)`, poke: `void(${name}*, int64, ${name})` };
    const overloads = Object.entries(texts).map(([functionName, text]) => {
      return { functionName, signature: parseSignature(text) };
    });
    const target = { triple: 'x86_64-pc-linux-gnu' };
    const compiled = compileModule({ module: parsed.value, overloads, target });
    if (!compiled.ok) throw new Error('the access functions do not compile');
    const { functions } = await this.#jit.compile(
      compiled.value.ir,
      overloads.map(({ functionName, signature }) => {
        return { symbol: mangledSymbol(functionName, signature), signature: formatType(signature) };
      }),
    );
    return {
      peek: this.#jit.function(functions[0]?.handle ?? 0, texts.peek),
      poke: this.#jit.function(functions[1]?.handle ?? 0, texts.poke),
    };
  }
}
