import koffi from 'koffi';
import type { LlvmApi } from './c-api/bind.ts';
import type { MessageRef, Out } from './c-api/references.ts';

/** Copies the NUL-terminated text at `address`. */
export function readCString(address: number): string {
  return String(koffi.decode(BigInt(address), 'char', -1));
}

/** Copies a message that LLVM handed over, and frees it; '' when it wrote none. */
export function takeMessage(api: LlvmApi, message: Out<MessageRef>): string {
  const [address] = message;
  if (address === 0) return '';
  const text = readCString(address);
  api.disposeMessage(address);
  return text.trimEnd();
}
