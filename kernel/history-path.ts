import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the history of all sessions is kept; RJIT_HISTORY names another file, or is `off`. */
export function historyPath(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { RJIT_HISTORY: chosen } = env;
  if (chosen === 'off') return undefined;
  return chosen || join(dataDirectory(env), 'rjit', 'history.sqlite');
}

function dataDirectory(env: NodeJS.ProcessEnv): string {
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support');
    case 'win32':
      return env.APPDATA || join(homedir(), 'AppData', 'Roaming');
    default:
      return env.XDG_DATA_HOME || join(homedir(), '.local', 'share');
  }
}
