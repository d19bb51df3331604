/** A Jupyter server of the project's `.venv/`, with this checkout's kernel and a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inEnvironment, installPeers } from '../bench/peers.ts';
import { eventually } from '../support/eventually.ts';
import { ownEnvironment } from '../support/own-environment.ts';

const PACKAGES = ['jupyterlab', 'notebook', 'nbconvert', 'papermill'];

/** Adds what only these tests need to `.venv/`. */
export function installJupyter(): void {
  if (!existsSync(inEnvironment('python'))) installPeers();
  if (existsSync(inEnvironment('jupyter-lab')) && existsSync(inEnvironment('papermill'))) return;
  process.stdout.write(`pip install ${PACKAGES.join(' ')} …\n`);
  execFileSync(inEnvironment('python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES], {
    stdio: 'inherit',
  });
}

export class JupyterServer {
  /** Where notebooks are. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #process: ChildProcess;
  readonly #root: string;
  #log = '';

  private constructor(root: string, env: NodeJS.ProcessEnv) {
    this.#root = root;
    this.folder = join(root, 'notebooks');
    this.env = env;
    mkdirSync(this.folder);
    // JupyterLab asks on its first start whether it may show news.
    const settings = join(root, 'config', 'labconfig');
    mkdirSync(settings, { recursive: true });
    const disabledExtensions = { '@jupyterlab/apputils-extension:announcements': true };
    writeFileSync(join(settings, 'page_config.json'), JSON.stringify({ disabledExtensions }));
    const options = [
      '--no-browser',
      '--allow-root',
      '--ServerApp.port=0',
      '--ServerApp.ip=127.0.0.1',
      '--IdentityProvider.token=',
      '--ServerApp.disable_check_xsrf=True',
      '--LabApp.expose_app_in_browser=True',
      '--JupyterNotebookApp.expose_app_in_browser=True',
      '--LabApp.collaborative=False',
    ];
    this.#process = spawn(inEnvironment('jupyter-lab'), options, {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
    });
  }

  static async start(): Promise<JupyterServer> {
    const root = mkdtempSync(join(tmpdir(), 'rjit-jupyter-'));
    const env = {
      ...process.env,
      ...(await ownEnvironment()),
      JUPYTER_RUNTIME_DIR: join(root, 'runtime'),
      JUPYTER_CONFIG_DIR: join(root, 'config'),
      PATH: `${inEnvironment('')}:${process.env.PATH}`,
    };
    return new JupyterServer(root, env);
  }

  /** Resolves when the server listens, with its address, such as `http://127.0.0.1:8888/`. */
  address(): Promise<string> {
    return eventually(`the Jupyter server:\n${this.#log}`, () => {
      const runtime = join(this.#root, 'runtime');
      const [file] = existsSync(runtime)
        ? readdirSync(runtime).filter((name) => /^jpserver-\d+\.json$/.test(name))
        : [];
      if (file === undefined) return undefined;
      const { url } = JSON.parse(readFileSync(join(runtime, file), 'utf8'));
      return String(url);
    });
  }

  stop(): void {
    const { pid } = this.#process;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }
}
