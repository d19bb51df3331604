// @ts-check
/**
 * `node install/bundle.js`: joins the compiled modules of each process into a few files, in bundle/. Node takes 0.4 ms
 * for each module that it imports, and a session has over a hundred: its first result comes in two thirds of the time.
 * The folder mirrors dist/: what is started or read by its address is at the same place in both.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './step.js';

const command = 'kernel/cli.js';
/** What may be loaded by one process is joined together: its modules must not be there twice. */
const processes = [
  [command],
  ['kernel/session/session-main.js', 'kernel/rjit/remote-jit.js'],
  ['kernel/client/execute-notebook-file.js', 'kernel/client/testing/notebook-suite.js'],
];

const dist = join(root, 'dist');
const bundle = join(root, 'bundle');
/** Holds when the compiler last wrote something that is in the bundle. */
const stamp = join(bundle, 'built-from.json');

/** @returns {Promise<boolean>} whether there was something to do */
export async function bundleModules() {
  // The compiler touches a project's build info whenever it builds the project.
  const inputs = ['backend', 'kernel'].flatMap((folder) => filesIn(folder, '.tsbuildinfo'));
  const builtFrom = JSON.stringify(
    [fileURLToPath(import.meta.url), ...inputs].map((path) => statSync(path).mtimeMs),
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === builtFrom) return false;
  const { build } = await import('esbuild');
  rmSync(bundle, { recursive: true, force: true });
  const named = processes.flat();
  const started = [...subcommands(), ...startedModules()].filter((path) => !named.includes(path));
  for (const entryPoints of [...processes, ...started.map((path) => [path])]) {
    await build({
      entryPoints: entryPoints.map((path) => join(dist, path)),
      outdir: bundle,
      outbase: dist,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      external: ['#thrift/*'],
      plugins: [ownAddresses, subcommandsApart],
      logLevel: 'warning',
    });
  }
  writeFileSync(stamp, builtFrom);
  return true;
}

/**
 * @param {string} folder of dist/
 * @param {string} ending
 */
function filesIn(folder, ending) {
  return readdirSync(join(dist, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(dist, folder, path));
}

/** Of the command, of which a process runs only one; relative to dist/. */
function subcommands() {
  const imports = readFileSync(join(dist, command), 'utf8').matchAll(/\bimport\(['"](.*?)['"]\)/g);
  return [...imports].map(([, address = '']) => inDist(join(dist, command), address));
}

/** Modules that others name by their address, to start them in a process or thread of their own; relative to dist/. */
function startedModules() {
  const named = /['"](\.{1,2}\/[\w./-]+\.js)['"],\s*import\.meta\.url/g;
  const modules = ['backend', 'kernel'].flatMap((folder) => filesIn(folder, '.js'));
  const started = modules.flatMap((module) =>
    [...readFileSync(module, 'utf8').matchAll(named)].map(([, address = '']) => inDist(module, address)),
  );
  return [...new Set(started)];
}

/**
 * @param {string} module
 * @param {string} address relative to it
 */
function inDist(module, address) {
  return relative(dist, resolve(module, '..', address)).replaceAll(sep, '/');
}

/**
 * They lie beside the command here, too.
 * @type {import('esbuild').Plugin}
 */
const subcommandsApart = {
  name: 'subcommands-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ importer, path }) =>
      importer === join(dist, command) ? { path, external: true } : undefined,
    );
  },
};

/**
 * A module keeps the address that it would have in a folder of its own. One in CommonJS becomes a module that requires
 * from there, too: in a file that is joined there is no other `require`.
 * @type {import('esbuild').Plugin}
 */
const ownAddresses = {
  name: 'own-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.c?js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = path.endsWith('.cjs') ? fromCommonJs(text) : text;
      const place = relative(dist, path).replaceAll(sep, '/');
      const address = `import.meta.url.replace(/(.*\\/bundle\\/).*/, ${JSON.stringify(`$1${place}`)})`;
      return { contents: contents.replaceAll('import.meta.url', address) };
    });
  },
};

/** @param {string} text */
function fromCommonJs(text) {
  const names = [...text.matchAll(/^exports\.(\w+) =/gm)].map(([, name]) => name);
  return `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const exports = {};
    ${text}
    export const { ${names.join(', ')} } = exports;`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleModules();
