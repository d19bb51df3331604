/**
 * ZeroMQ. By `require`: for an `import` of a CommonJS package, Node first loads a lexer and searches the package for
 * names, which was an eighth of a kernel's start (10 of 80 ms).
 */
import { createRequire } from 'node:module';

export const zeromq = createRequire(import.meta.url)('zeromq') as typeof import('zeromq');
