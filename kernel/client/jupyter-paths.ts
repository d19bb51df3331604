/** Where Jupyter keeps its data, as jupyter_core's `jupyter_path` and `jupyter_data_dir` say. */
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export function userDataDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') {
    return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  }
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'jupyter');
}

/** Data folders in the order in which Jupyter searches them; those that don't exist are listed too. */
export function dataDirectories(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const fromPath = (env.JUPYTER_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const environments = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined);
  const ofEnvironments = environments.map((prefix) => join(prefix, 'share', 'jupyter'));
  const ofSystem =
    process.platform === 'win32'
      ? [join(env.PROGRAMDATA ?? 'C:\\ProgramData', 'jupyter')]
      : ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  return [...fromPath, userDataDirectory(env), ...ofEnvironments, ...ofSystem];
}
