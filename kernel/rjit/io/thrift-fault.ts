import thrift from 'thrift';
import { RemoteFault } from '#thrift/remotejit_types.js';
import { RemoteError } from '../../../backend/contract/remote-error.ts';

/** Whatever a generated client method rejected with, as a RemoteError. */
export function fromThrift(caught: unknown): RemoteError {
  if (caught instanceof RemoteFault) {
    const { code, message, functionName, signalName, address, fileName, line } = caught;
    return RemoteError.fromFault({
      code: code ?? '',
      message: message ?? '',
      functionName: functionName ?? undefined,
      signalName: signalName ?? undefined,
      address: address ? uint64(address) : undefined,
      fileName: fileName ?? undefined,
      line: line ?? undefined,
    });
  }
  if (caught instanceof thrift.Thrift.TApplicationException) {
    return new RemoteError('protocol', `the server answered with a Thrift exception: ${caught.message}`, {
      cause: caught,
    });
  }
  return RemoteError.from(caught);
}

/** node-thrift's Int64 loses bits as a number; its bytes are exact. */
export function int64(value: thrift.Int64): bigint {
  return value.buffer.readBigInt64BE(value.offset);
}

export function uint64(value: thrift.Int64): bigint {
  return value.buffer.readBigUInt64BE(value.offset);
}
