/** Who starts and stops the managed backend: the kernel process for a session, or the I/O thread of a plain program. */
export interface BackendControl {
  /**
   * Starts the server, or restarts it at another address. Port 0 takes a free one.
   *
   * @throws RemoteError `port-in-use`, `unsupported` (no libLLVM), …
   */
  start(address: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number }>;
  stop(): Promise<void>;
  /** Where clients read the server's address; re-read at every connection. */
  readonly endpointFile: string;
}
