#!/usr/bin/env node
/** `rjit`: the table of subcommands. Each loads its own module, so that starting a kernel loads nothing else. */

type Command = (argv: readonly string[]) => Promise<number>;

interface Subcommand {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const subcommands: Readonly<Record<string, Subcommand>> = {
  kernel: {
    summary: 'be the kernel of a Jupyter client',
    load: async () => (await import('./main.ts')).main,
  },
  run: {
    summary: 'execute a notebook and save it with its outputs',
    load: async () => (await import('./client/run.ts')).run,
  },
  test: {
    summary: 'compare what notebooks give with what they hold',
    load: async () => (await import('./client/testing/test-command.ts')).test,
  },
  gateway: {
    summary: 'serve kernels to Jupyter clients over HTTP and websockets',
    load: async () => (await import('./client/gateway/gateway-command.ts')).gateway,
  },
  compile: {
    summary: 'show what becomes of functions: their trees, LLVM IR, machine code',
    load: async () => (await import('./compile-command.ts')).compile,
  },
  serve: {
    summary: 'compile and run functions for remote clients',
    load: async () => (await import('../backend/main.ts')).serve,
  },
  certificate: {
    summary: 'make certificate, key and token for a server that other machines reach',
    load: async () => (await import('../backend/certificate-command.ts')).certificate,
  },
  install: {
    summary: 'register the kernel with Jupyter',
    load: async () => (await import('./kernelspec-command.ts')).install,
  },
  uninstall: {
    summary: 'remove what install registered',
    load: async () => (await import('./kernelspec-command.ts')).uninstall,
  },
  doctor: {
    summary: 'say what is installed and what is missing',
    load: async () => (await import('./doctor.ts')).doctor,
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === '--version' || name === '-V') return version();
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(name);
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand === undefined) {
    const names = Object.keys(subcommands).join(', ');
    process.stderr.write(`rjit: there is no command "${name}"; expected one of ${names} (see rjit --help)\n`);
    return 2;
  }
  const command = await subcommand.load();
  return command(argv);
}

/** Asked for, help is an answer; without a command it is what was missing. */
function help(asked: string | undefined): number {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length));
  const lines = Object.entries(subcommands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`,
  );
  const text = `usage: rjit COMMAND [ARGUMENTS]\n\n${lines.join('')}\nrjit COMMAND --help says more; rjit --version prints the version.\n`;
  (asked === undefined ? process.stderr : process.stdout).write(text);
  return asked === undefined ? 2 : 0;
}

async function version(): Promise<number> {
  const { packageVersion } = await import('./package-version.ts');
  process.stdout.write(`${packageVersion()}\n`);
  return 0;
}
