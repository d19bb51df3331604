import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { packArguments } from '../../../backend/contract/packed.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import { compileModule } from '../../../kernel/compiler/compile.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';
import { type JitProcess as Jit, JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

/** Each function faults on a line of its own when it is given 0. */
const SOURCE = `def read(p, n):
    s = 0.0
    for i in range(n):
        s += p[i]
    return s

def write(p, n):
    x = 1.5 * n

    p[n] = x
    return x

def outer(p, n):
    a = n + 1.0
    return inner(p, n) * a

def inner(q, i):
    b = q[i]
    return b * b

def first(p, n):
    return p[0]

def copy(p, n):
    x = 0.0
    for i in range(400):
        p[i + 100000] = p[i]
    return x

def deep(p, n):
    if n == 0:
        return 0.0
    return deep(
        p, n + 1) * n + 1.0
`;
const SIGNATURE = 'float64(float64*, int64)';
const NAMES = ['read', 'write', 'outer', 'first', 'copy', 'deep'] as const;
const LINES = { read: 4, write: 10, outer: 18, first: 22, copy: 27, deep: 33 };

type Name = (typeof NAMES)[number];

/** The line the server names for a fault in each function, called with a pointer to nothing. */
async function faults(jit: Jit, fileName: string): Promise<Record<Name, RemoteError>> {
  const parsed = parseModule({ source: SOURCE, fileName, language: 'python' });
  if (!parsed.ok) throw new Error('the source does not parse');
  const signature = parseSignature(SIGNATURE);
  const overloads = NAMES.map((functionName) => ({ functionName, signature }));
  const target = { triple: process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-pc-linux-gnu' };
  const compiled = compileModule({ module: parsed.value, overloads, target });
  if (!compiled.ok) throw new Error('the source does not compile');
  const { ir, functions, files } = compiled.value;
  const specs = functions.map(({ symbol }) => ({ symbol, signature: 'float64(int64, int64)' }));
  assert.equal(specs.length, NAMES.length);
  const wire = functions.map(({ symbol }) => ({ symbol, signature: SIGNATURE }));
  const report = await jit.compile(ir, wire, { files: JSON.stringify(files.map((file) => file.fileName)) });
  const found: Partial<Record<Name, RemoteError>> = {};
  for (const name of NAMES) {
    const handle = report.functions[NAMES.indexOf(name)]?.handle ?? 0;
    const args = packArguments(parseSignature('float64(int64, int64)'), [0, 3]);
    found[name] = await remoteErrorOf(jit.ask({ kind: 'call', handle, args }));
  }
  return found as Record<Name, RemoteError>;
}

for (const { label, library } of llvmChoices()) {
  const lines = suite(`line tables by ${label}`);

  lines('name the line of a fault, inlined or not', async () => {
    const jit = await JitProcess.start(library);
    try {
      const found = await faults(jit, 'In[4]');
      for (const name of NAMES) {
        const { code, fileName, line } = found[name];
        assert.equal(
          { name, code, fileName, line },
          { name, code: 'jit-crash', fileName: 'In[4]', line: LINES[name] },
        );
      }
      assert.is(found.write.message, '[jit-crash] SIGSEGV in write_da_dPlA at 0x18 (In[4], line 10)');
      assert.match(
        found.deep.message,
        /^\[jit-crash\] stack overflow in deep_da_dPlA \(SIGSEGV at 0x[0-9a-f]+\) \(In\[4\], line 33\)/,
      );
    } finally {
      await jit.stop();
    }
  });

  lines.run();
}

const shared = suite('line tables');

shared('come with code from the cache, under the name that the cell has now', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rjit-cache-'));
  try {
    for (const fileName of ['In[1]', 'In[2]']) {
      const jit = await JitProcess.start(undefined, directory);
      try {
        const { read } = await faults(jit, fileName);
        assert.equal([read.fileName, read.line], [fileName, LINES.read]);
      } finally {
        await jit.stop();
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

shared.run();
