/** From the file that a kernel is started with to channels that are bound and known to whoever started it. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type ConnectionInfo,
  connectionFileText,
  type RegistrationInfo,
  readStartupFile,
} from './connection-file.ts';
import { register } from './registration-socket.ts';
import { KernelSockets } from './sockets.ts';

/** The launcher has not taken note of the kernel; the text says where it was expected and what came instead. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

export interface Startup {
  readonly sockets: KernelSockets;
  readonly connection: ConnectionInfo;
  /** Rejects with {@link RegistrationError} when the launcher doesn't take note of the kernel. */
  readonly announced: Promise<void>;
  /** Closes the channels, and takes back what has been written for other clients. */
  close(): void;
}

/** @throws {ConnectionFileError} @throws {BindError} */
export function startUp(file: string, kernelName: string): Startup {
  const startup = readStartupFile(file);
  if (startup.kind === 'connection') {
    const { connection } = startup;
    const sockets = KernelSockets.bind(connection);
    return { sockets, connection, announced: Promise.resolve(), close: () => sockets.close() };
  }
  const { registration } = startup;
  const sockets = KernelSockets.bind(registration);
  const connection = connectionOf(registration, sockets.ports);
  // The launcher's folder of such files is where other clients look for them.
  const path = join(dirname(file), `kernel-${registration.kernelId.replaceAll(/[^\w.-]/g, '_')}.json`);
  writeFileSync(path, connectionFileText(connection, kernelName), { mode: 0o600 });
  return {
    sockets,
    connection,
    announced: announce(registration, sockets.ports),
    close: () => {
      sockets.close();
      rmSync(path, { force: true });
    },
  };
}

function connectionOf(registration: RegistrationInfo, ports: ConnectionInfo['ports']): ConnectionInfo {
  const { kernelId: _kernelId, endpoint: _endpoint, ...connection } = registration;
  return { ...connection, ports };
}

async function announce(registration: RegistrationInfo, ports: ConnectionInfo['ports']): Promise<void> {
  try {
    await register(registration, ports);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RegistrationError(
      `the launcher at ${registration.endpoint} did not acknowledge the kernel's ports: ${reason}; start the kernel again`,
    );
  }
}
