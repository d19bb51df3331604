/**
 * `npm run fuzz -- TARGET [options]`: gives a part of rjit random input, the same for the same seed, and exits with 1
 * when something went wrong. Each target reads its own options; `--help` tells them.
 */
interface FuzzTarget {
  /** Resolves to the exit status. */
  run(argv: readonly string[]): Promise<number>;
}

const targets: Readonly<Record<string, () => Promise<FuzzTarget>>> = {
  compiler: () => import('../kernel/compiler/fuzz/compiler-command.ts'),
  source: () => import('../kernel/compiler/fuzz/source-command.ts'),
  wire: () => import('./wire/command.ts'),
};

const [name = '', ...argv] = process.argv.slice(2);
const target = targets[name];
if (target === undefined) {
  process.stderr.write(`usage: npm run fuzz -- ${Object.keys(targets).join('|')} [options]\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await (await target()).run(argv);
}
