import type { Socket } from 'node:net';
import { refuseAttach } from './attach-refusal.ts';
import { ControlConnection } from './control-connection.ts';
import { type ControlHost, ControlService } from './control-service.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Session } from './session.ts';

export { refuseAttach };

/*
 * What the supervisor itself says over Thrift. Loaded by a dynamic import: node-thrift takes longer to load than it
 * takes to listen, and the first worker can start meanwhile.
 */

/** Serves a control connection. `onSession` hears which session `hello` bound it to. */
export function serveControl(
  host: ControlHost,
  socket: Socket,
  taken: Uint8Array,
  onSession: (session: Session) => void,
  limits: Limits,
  log: Log,
): void {
  const service = new ControlService(host, onSession);
  new ControlConnection(socket, taken, service.services, limits, log);
}
