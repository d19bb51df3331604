import type { KernelInfo } from '../../kernel/jupyter/kernel-info.ts';

export const echoKernelInfo: KernelInfo = {
  implementation: 'echo',
  implementationVersion: '1.0.0',
  language: {
    name: 'echo',
    version: '1.0',
    mimetype: 'text/plain',
    fileExtension: '.txt',
    pygmentsLexer: 'text',
    codemirrorMode: 'null',
    nbconvertExporter: 'script',
  },
  banner: 'echo',
  helpLinks: [],
};
