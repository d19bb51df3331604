import { RemoteError } from './remote-error.ts';

/** Thrift's type codes in the binary protocol. */
export const ThriftType = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
} as const;

export const MessageType = { call: 1, reply: 2, exception: 3, oneway: 4 } as const;

/** The first two bytes of every message of the strict binary protocol. */
export const VERSION_1 = 0x8001;

/** @throws RemoteError `protocol` unless these are the first four bytes of a message */
export function checkMessagePrefix(version: number, type: number): void {
  if (version === VERSION_1 && type >= MessageType.call && type <= MessageType.oneway) return;
  const found = version.toString(16).padStart(4, '0') + type.toString(16).padStart(4, '0');
  throw new RemoteError(
    'protocol',
    `bytes 0x${found} arrived where a Thrift message begins; expected strict TBinaryProtocol, unframed (0x8001…)`,
  );
}
