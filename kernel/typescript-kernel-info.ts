import type { KernelInfo } from './jupyter/kernel-info.ts';
import { packageVersion } from './package-version.ts';

/** The TypeScript that cells are written in; the compiler itself is loaded only when a cell needs it. */
const TYPESCRIPT_VERSION = '6.0';

export function typescriptKernelInfo(): KernelInfo {
  const version = packageVersion();
  return {
    implementation: 'rjit',
    implementationVersion: version,
    language: {
      name: 'typescript',
      version: TYPESCRIPT_VERSION,
      // As JupyterLab's language registry has it.
      mimetype: 'application/typescript',
      fileExtension: '.ts',
      pygmentsLexer: 'typescript',
      codemirrorMode: 'typescript',
      nbconvertExporter: 'script',
    },
    banner: `rjit ${version}, TypeScript ${TYPESCRIPT_VERSION} on Node ${process.versions.node}`,
    helpLinks: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'Node.js', url: 'https://nodejs.org/docs/latest-v20.x/api/' },
    ],
  };
}
