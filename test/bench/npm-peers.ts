/** Kernels for JavaScript and TypeScript from npm's registry, in a folder of their own below `.venv/`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';

const folder = join(repositoryRoot, '.venv', 'npm');

/** Each by itself: IJavascript compiles its ZeroMQ and needs libzmq's headers (Debian's libzmq3-dev) and Node's. */
const PACKAGES = ['tslab@1.0.22', 'ijavascript@5.2.1'];

/** A package that can't be installed here is left out, and npm says why. */
export function installNpmPeers(): void {
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const env = { ...process.env, npm_config_zmq_external: 'true', npm_config_nodedir: nodeFolder() };
  for (const specifier of PACKAGES) {
    if (npmPeer(specifier.split('@')[0] ?? '') !== undefined) continue;
    try {
      const args = ['install', '--no-audit', '--no-fund', specifier];
      execFileSync('npm', args, { cwd: folder, stdio: 'inherit', env });
    } catch (error) {
      process.stderr.write(`${specifier} is left out: ${String(error)}\n`);
    }
  }
}

/** Where a package that is installed there lies, and its version. */
export function npmPeer(name: string): { readonly folder: string; readonly version: string } | undefined {
  const path = join(folder, 'node_modules', name);
  if (!existsSync(path)) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const version: unknown = manifest instanceof Object ? Reflect.get(manifest, 'version') : undefined;
  return { folder: path, version: String(version) };
}

/** Where Node's headers lie, unless they have to be fetched. */
function nodeFolder(): string | undefined {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? prefix : undefined;
}
