// @ts-check
import { chmodSync, existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleModules } from './bundle.js';
import { run } from './programs.js';
import { root, seconds } from './step.js';

/** @returns {Promise<import('./step.js').StepResult>} */
export async function build() {
  const startMs = Date.now();
  const removed = removeStaleOutput('');
  const newestBefore = newestBuildMs();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc, '-b'], 'the build failed; the compiler’s messages above say where');
  const joined = await bundleModules();
  const command = join(root, 'bundle', 'kernel', 'cli.js');
  if (process.platform !== 'win32') chmodSync(command, 0o755);
  const changed = removed > 0 || joined || newestBuildMs() > newestBefore;
  return { changed, text: changed ? `built in ${seconds(startMs)}` : 'up to date' };
}

/**
 * Removes what the compiler made of sources that are gone: it never does, and old tests would run for ever.
 * @param {string} folder relative to dist/
 * @returns {number} how many files were removed
 */
function removeStaleOutput(folder) {
  const output = join(root, 'dist', folder);
  if (!existsSync(output)) return 0;
  let removed = 0;
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      removed += removeStaleOutput(path);
    } else {
      const source = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(path)?.[1];
      if (source === undefined || existsSync(join(root, `${source}.ts`))) continue;
      rmSync(join(root, 'dist', path));
      removed += 1;
    }
  }
  if (removed > 0 && readdirSync(output).length === 0) rmSync(output, { recursive: true });
  return removed;
}

/** When the compiler last wrote anything: it touches a project's build info whenever it builds the project. */
function newestBuildMs() {
  const output = join(root, 'dist');
  if (!existsSync(output)) return 0;
  const infos = readdirSync(output, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.tsbuildinfo'),
  );
  return Math.max(0, ...infos.map((path) => lstatSync(join(output, path)).mtimeMs));
}
