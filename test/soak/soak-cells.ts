/** The cells of the kernel's soak test: what people do in notebooks, each with the answer that it must get. */
export interface SoakCell {
  readonly kind: string;
  readonly code: string;
  readonly status: 'ok' | 'error';
  /** The text of the result, or the message of the error, where there is one. */
  readonly answer?: string;
}

/** So many names are defined, over and over. */
const NAMES = 40;

type MakeCell = (n: number) => Omit<SoakCell, 'kind' | 'status'> & { readonly status?: 'error' };

const kinds: Readonly<Record<string, MakeCell>> = {
  definition: (n) => ({ code: `const ${name(n)} = ${n}; ${name(n)} + 1`, answer: String(n + 1) }),
  class: (n) => ({ code: `class ${name(n)} { v: number = ${n} }\nnew ${name(n)}().v`, answer: String(n) }),
  function: (n) => ({
    code: `function ${name(n)}(x: number) { return x * 2 }\n${name(n)}(${n})`,
    answer: String(2 * n),
  }),
  enum: (n) => ({ code: `enum ${name(n)} { A = ${n} }\n${name(n)}.A`, answer: String(n) }),
  import: (n) => ({ code: `import { basename } from 'node:path'\nbasename('/a/b${n}')`, answer: `'b${n}'` }),
  await: (n) => ({ code: `await new Promise((done) => setTimeout(done, 1, ${n}))`, answer: String(n) }),
  late: (n) => ({ code: `setTimeout(() => console.log('late ${n}'), 1); ${n}`, answer: String(n) }),
  stream: (n) => ({ code: `for (let i = 0; i < 20; i++) console.log('line', i); ${n}`, answer: String(n) }),
  display: (n) => ({
    code: `display(html\`<b>${n}</b>\`, { id: 'd' }); display([{ n: ${n} }], { id: 'd', update: true }); ${n}`,
    answer: String(n),
  }),
  garbage: (n) => ({ code: `new Array(1e5).fill(${n}).map((x) => ({ x })).length`, answer: '100000' }),
  error: (n) => ({ code: `throw new RangeError('soak ${n}')`, status: 'error', answer: `soak ${n}` }),
  'syntax error': (n) => ({ code: `let ${name(n)} = ;`, status: 'error', answer: "Unexpected token ';'" }),
  rejection: (n) => ({
    code: `await Promise.reject(new Error('no ${n}'))`,
    status: 'error',
    answer: `no ${n}`,
  }),
  magic: () => ({ code: '%env HOME' }),
  remote: (n) => ({ code: `%%rjit int64(int64, int64)\ndef soak(a, b):\n    return a * b + ${n % 7}` }),
};

const names = Object.keys(kinds);

/** The `n`th cell; `chance` in [0, 1) decides what kind it is. */
export function soakCell(n: number, chance: number): SoakCell {
  const kind = names[Math.floor(chance * names.length)] ?? '';
  const made = kinds[kind]?.(n);
  if (made === undefined) throw new RangeError(`no kind of cell for ${chance}`);
  return { status: 'ok', ...made, kind };
}

function name(n: number): string {
  return `name${n % NAMES}`;
}
