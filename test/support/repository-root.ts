import { fileURLToPath } from 'node:url';

/** The repository's root folder, ending in `/`. Compiled tests live in `dist/test/…`, their data in `test/…`. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));
