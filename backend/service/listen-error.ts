import { RemoteError } from '../contract/remote-error.ts';

/** What a failed `listen` means to whoever chose the address. `option` is the one to change. */
export function listenError(
  error: Error & { code?: string },
  address: string,
  port: number,
  option: string,
): RemoteError {
  if (error.code === 'EADDRINUSE') {
    return new RemoteError(
      'port-in-use',
      `port ${port} on ${address} is in use; stop the program that listens there, or choose another with ${option} ` +
        '(0 takes a free one)',
      { cause: error },
    );
  }
  return new RemoteError('bad-request', `can't listen on ${address}:${port}: ${error.message}`, {
    cause: error,
  });
}
