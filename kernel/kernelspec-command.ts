/** `rjit install` and `rjit uninstall`: the kernelspec from the command line. */
import { parseArgs } from 'node:util';
import {
  defaultKernelspec,
  installKernelspec,
  KernelspecError,
  type KernelspecLocation,
  type KernelspecOptions,
  uninstallKernelspec,
} from './kernelspec.ts';

const installUsage = `usage: rjit install [--user | --sys-prefix | --prefix DIR] [--name NAME] [--display-name TEXT]

Makes the kernel known to Jupyter. Without a place it is installed for the current user.

  --user               for the current user (default)
  --sys-prefix         into the active Python environment
  --prefix DIR         below DIR/share/jupyter/kernels
  --name NAME          the kernelspec's name (default: ${defaultKernelspec.name})
  --display-name TEXT  the name that Jupyter shows (default: ${defaultKernelspec.displayName})
`;

const uninstallUsage = `usage: rjit uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]

Removes what \`rjit install\` with the same options wrote.
`;

const locationOptions = {
  user: { type: 'boolean' },
  'sys-prefix': { type: 'boolean' },
  prefix: { type: 'string' },
  name: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs `rjit install ARGV`; returns the exit status. */
export function install(argv: readonly string[]): Promise<number> {
  return report('install', async () => {
    const options = { ...locationOptions, 'display-name': { type: 'string' } } as const;
    const { values } = parseArgs({ args: [...argv], options });
    if (values.help) return installUsage;
    const { directory, changed } = await installKernelspec({
      ...target(values),
      displayName: values['display-name'] ?? defaultKernelspec.displayName,
    });
    return `${changed ? 'installed the kernelspec in' : 'the kernelspec is already in'} ${directory}\n`;
  });
}

/** Runs `rjit uninstall ARGV`; returns the exit status. */
export function uninstall(argv: readonly string[]): Promise<number> {
  return report('uninstall', async () => {
    const { values } = parseArgs({ args: [...argv], options: locationOptions });
    if (values.help) return uninstallUsage;
    const { directory, removed } = await uninstallKernelspec(target(values));
    return removed ? `removed ${directory}\n` : `there is no kernelspec in ${directory}\n`;
  });
}

interface TargetValues {
  readonly user?: boolean;
  readonly 'sys-prefix'?: boolean;
  readonly prefix?: string;
  readonly name?: string;
}

function target(values: TargetValues): Pick<KernelspecOptions, 'location' | 'name'> {
  const locations: KernelspecLocation[] = [];
  if (values.user) locations.push({ kind: 'user' });
  if (values['sys-prefix']) locations.push({ kind: 'sys-prefix' });
  if (values.prefix !== undefined) locations.push({ kind: 'prefix', directory: values.prefix });
  const [location = defaultKernelspec.location, second] = locations;
  if (second !== undefined) {
    throw new KernelspecError('--user, --sys-prefix and --prefix name different places; give one of them');
  }
  return { location, name: values.name ?? defaultKernelspec.name };
}

async function report(command: string, run: () => Promise<string>): Promise<number> {
  try {
    process.stdout.write(await run());
    return 0;
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`rjit ${command}: ${error.message}\n`);
    return 1;
  }
}

/** A wrong option, a wrong place, or a folder that can't be written: no stack, the message says it all. */
function isUserError(error: unknown): error is Error {
  if (error instanceof KernelspecError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
