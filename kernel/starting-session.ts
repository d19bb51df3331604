import { EndpointFolder } from './rjit/endpoint-folder.ts';
import { type SessionChild, spawnSession } from './session/session-child.ts';

/** The process of a session that nobody talks to yet: while it starts, the kernel loads what talks to it. */
export class StartingSession {
  /** Where the managed backend is going to say where it listens. */
  readonly endpointFolder = new EndpointFolder();
  /** Of this process of the session and of those that take its place. */
  readonly env: NodeJS.ProcessEnv = { ...process.env, RJIT_ENDPOINT_FILE: this.endpointFolder.file };
  readonly child: SessionChild = spawnSession({ cwd: process.cwd(), env: this.env, execArgv: [] });
}
