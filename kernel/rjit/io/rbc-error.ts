import { RemoteError, type RemoteErrorCode } from '../../../backend/contract/remote-error.ts';

const SHORT_BINUNICODE = 0x8c;
const BINUNICODE = 0x58;
const FRAME = 0x95;
const FRAME_HEADER_BYTES = 8;

/**
 * What RBC's server throws: a text `Name: message`, or, from its Python server, a pickled exception with its traceback.
 * Of a pickle only the texts are looked at; nothing of it is made.
 */
export function rbcError(message: Uint8Array, isPickled: boolean): RemoteError {
  const text = isPickled ? pickledError(message) : new TextDecoder().decode(message);
  return new RemoteError(codeOf(text), text);
}

/** By RBC's own texts: its exceptions have no codes. */
function codeOf(text: string): RemoteErrorCode {
  if (text.includes('no such compiled function')) return 'unknown-function';
  if (text.includes('LLVM IR parsing error')) return 'ir-parse';
  if (text.includes('aggregate return type')) return 'unsupported';
  if (/^(ctypes\.)?ArgumentError|^TypeError/.test(text)) return 'bad-argument';
  return 'compile-failed';
}

/** `RuntimeError: text` from the pickle of sys.exc_info(): the class's name comes second, the text after `args`. */
function pickledError(bytes: Uint8Array): string {
  const [, name = 'an error', ...texts] = pickledTexts(bytes);
  const args = texts.indexOf('args');
  const message = args === -1 ? texts[0] : texts[args + 1];
  return message === undefined ? name : `${name}: ${message.trim()}`;
}

/** The texts of a pickle, in the order they lie there. */
function pickledTexts(bytes: Uint8Array): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const texts: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const opcode = bytes[at];
    let start = at + 1;
    let byteLength = 0;
    if (opcode === SHORT_BINUNICODE && start < bytes.byteLength) {
      byteLength = view.getUint8(start);
      start += 1;
    } else if (opcode === BINUNICODE && start + 4 <= bytes.byteLength) {
      byteLength = view.getUint32(start, true);
      start += 4;
    } else {
      at = opcode === FRAME ? start + FRAME_HEADER_BYTES : start;
      continue;
    }
    if (start + byteLength > bytes.byteLength) break;
    texts.push(decoder.decode(bytes.subarray(start, start + byteLength)));
    at = start + byteLength;
  }
  return texts;
}
