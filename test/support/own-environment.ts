/** The environment in which what was built here is tested and measured, whatever is installed on the machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { defaultKernelspec, installKernelspec } from '../../kernel/kernelspec.ts';

/** Variables with which programs find this checkout's kernel as `rjit` and keep nothing on the machine, until this process ends. */
export async function ownEnvironment(): Promise<{
  readonly JUPYTER_PATH: string;
  readonly XDG_CACHE_HOME: string;
  readonly RJIT_HISTORY: string;
}> {
  const prefix = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  process.once('exit', () => rmSync(prefix, { recursive: true, force: true }));
  await installKernelspec({ ...defaultKernelspec, location: { kind: 'prefix', directory: prefix } });
  const paths = [join(prefix, 'share', 'jupyter'), process.env.JUPYTER_PATH];
  return {
    JUPYTER_PATH: paths.filter(Boolean).join(delimiter),
    XDG_CACHE_HOME: join(prefix, 'cache'),
    RJIT_HISTORY: 'off',
  };
}
