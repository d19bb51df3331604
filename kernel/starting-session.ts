import { AutomaticBackend } from './automatic-backend.ts';
import { SessionConnection } from './session/session-connection.ts';

/**
 * The process of a session that nobody talks to yet. It takes as long to start as all the rest of a kernel, so it is
 * the first thing that a kernel starts.
 */
export class StartingSession {
  readonly backend: AutomaticBackend;
  /** Of this process of the session and of those that take its place. */
  readonly env: NodeJS.ProcessEnv;
  readonly connection: SessionConnection;

  constructor(log: (text: string) => void) {
    this.backend = new AutomaticBackend(log);
    this.env = { ...process.env, RJIT_ENDPOINT_FILE: this.backend.endpointFile };
    this.connection = new SessionConnection({ cwd: process.cwd(), env: this.env, execArgv: [] });
  }

  /** For a kernel that can't start. */
  async discard(): Promise<void> {
    this.connection.kill('the kernel did not start');
    await this.backend.dispose();
  }
}
