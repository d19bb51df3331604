import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plainTraceback, SessionInTest } from '../../support/session-in-test.ts';

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'rjit-modules-'));
  /** Files written later are newer, whatever the clock's resolution. */
  #seconds = 1_700_000_000;

  write(name: string, text: string): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    this.#seconds += 10;
    utimesSync(path, this.#seconds, this.#seconds);
  }
}

function inFolder(test: (session: SessionInTest, folder: Folder) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = new Folder();
    const session = new SessionInTest({ cwd: folder.path });
    try {
      await test(session, folder);
    } finally {
      await session.session.shutdown();
      rmSync(folder.path, { recursive: true, force: true });
    }
  };
}

const modules = suite('local modules');

modules(
  'are TypeScript, found without their extension, and keep their state between imports',
  inFolder(async (session, folder) => {
    folder.write(
      'counter.ts',
      'export interface Named { name: string }\nexport let count: number = 0\nexport const next = (): number => ++count',
    );
    assert.is(await session.show('import { next, Named } from "./counter.ts"; next()'), '1');
    assert.is(await session.show('import { next } from "./counter"; next()'), '2');
    assert.is(await session.show('import { next } from "./counter.js"; next()'), '3');
  }),
);

modules(
  'are read again when they were edited, with all that imports them, and nothing else',
  inFolder(async (session, folder) => {
    folder.write(
      'a.ts',
      'import { b } from "./b"\nimport { touch } from "./c.ts"\nexport const a = () => [b, touch()]',
    );
    folder.write('b.ts', 'export const b: string = "old"');
    folder.write('c.ts', 'let count = 0\nexport const touch = (): number => ++count');
    assert.is(await session.show('import { a } from "./a"; a()'), "[ 'old', 1 ]");
    assert.is(await session.show('import { a } from "./a"; a()'), "[ 'old', 2 ]");
    folder.write('b.ts', 'export const b: string = "new"');
    assert.is(await session.show('import { a } from "./a"; a()'), "[ 'new', 3 ]");
  }),
);

modules(
  'may import each other',
  inFolder(async (session, folder) => {
    folder.write(
      'even.ts',
      'import { odd } from "./odd.ts"\nexport const even = (n: number): boolean => n === 0 || odd(n - 1)',
    );
    folder.write(
      'odd.ts',
      'import { even } from "./even.ts"\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1)',
    );
    assert.is(await session.show('import { even } from "./even"; even(10)'), 'true');
    folder.write(
      'odd.ts',
      'import { even } from "./even.ts"\nexport const odd = (n: number): boolean => n > 0 && even(n - 1)',
    );
    assert.is(await session.show('import { even } from "./even"; even(-1)'), 'false');
  }),
);

modules(
  'import types of each other without loading them',
  inFolder(async (session, folder) => {
    folder.write('types.ts', 'export interface T { x: number }\nthrow new Error("loaded")');
    folder.write('a.ts', 'import { T } from "./types.ts"\nexport const t: T = { x: 1 }');
    assert.is(await session.show('import { t } from "./a"; t'), '{ x: 1 }');
  }),
);

modules(
  'with enums are compiled, and errors in them point at their lines',
  inFolder(async (session, folder) => {
    folder.write(
      'e.ts',
      'export enum E {\n  A = 1,\n}\nexport function fail(): never {\n  throw new Error(String(E.A))\n}',
    );
    const traceback = plainTraceback(await session.run('import { fail } from "./e"\nfail()'));
    const path = join(folder.path, 'e.ts');
    assert.ok(traceback.startsWith(`Error: 1\n --> ${path}:5:9\n`), traceback);
    assert.match(traceback, / {4}at In\[1\]:2:1$/u);
  }),
);

modules(
  'that are wrong or missing say so',
  inFolder(async (session, folder) => {
    folder.write('wrong.ts', 'let x =\n  ;');
    assert.is(
      await session.show('import "./wrong.ts"'),
      `SyntaxError: Unexpected token ';' (${join(folder.path, 'wrong.ts')}:2:3)`,
    );
    assert.match(
      await session.show('import "./missing.ts"'),
      /^Error: Cannot find module '.*missing\.ts' imported from /u,
    );
    folder.write('wrong.ts', 'export const right = 1');
    assert.is(await session.show('import { right } from "./wrong.ts"; right'), '1');
  }),
);

modules(
  'may be JavaScript, CommonJS, JSON or a package of the folder',
  inFolder(async (session, folder) => {
    folder.write('m.mjs', 'export const m = 1');
    folder.write('c.cjs', 'exports.c = 2');
    folder.write('data.json', '{ "d": 3 }');
    folder.write(
      'node_modules/pack/package.json',
      '{ "name": "pack", "type": "module", "exports": "./index.js" }',
    );
    folder.write('node_modules/pack/index.js', 'export const p = 4');
    assert.is(
      await session.show(`
        import { m } from './m.mjs'
        import { c } from './c.cjs'
        import data from './data.json' with { type: 'json' }
        import { p } from 'pack'
        const { c: required } = require('./c.cjs');
        [m, c, data.d, p, required]`),
      '[ 1, 2, 3, 4, 2 ]',
    );
    folder.write('data.json', '{ "d": 30 }');
    assert.is(await session.show(`import data from './data.json' with { type: 'json' }; data.d`), '30');
  }),
);

modules.run();
