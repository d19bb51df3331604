import { join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/** The command of this checkout, as users run it: to be run by Node. */
export const rjitCommand = join(repositoryRoot, 'bundle', 'kernel', 'cli.js');
