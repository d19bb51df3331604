import { createRequire } from 'node:module';

/**
 * The compiler. As a CommonJS module: the ESM loader would lex its nine megabytes for export names first (270 ms
 * more). Loading this file loads it (150 ms, 60 MB): import it in a thread of its own only.
 */
export const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');
