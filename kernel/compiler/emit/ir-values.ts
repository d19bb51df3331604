/** Operands of LLVM IR as text, and how constants, names and strings are spelled. */

/** `text` is what an instruction names it by: `%add`, `1`, `0x3FF0000000000000`. */
export interface IrValue {
  readonly type: string;
  readonly text: string;
}

export const TRUE: IrValue = { type: 'i1', text: 'true' };
export const FALSE: IrValue = { type: 'i1', text: 'false' };

export function constantInt(type: string, value: bigint | number): IrValue {
  return { type, text: String(value) };
}

const bytes = new DataView(new ArrayBuffer(8));

/** Sixteen hexadecimal digits of the double, for float too: decimal forms are exact only for some values. */
export function constantFloat(type: string, value: number): IrValue {
  bytes.setFloat64(0, type === 'float' ? Math.fround(value) : value);
  const digits = bytes.getBigUint64(0).toString(16).toUpperCase().padStart(16, '0');
  return { type, text: `0x${digits}` };
}

const PLAIN_NAME = /^[-a-zA-Z$._][-a-zA-Z$._0-9]*$/;

/** A name after its sigil; quoted, with UTF-8 bytes escaped, where it holds more than plain characters. */
export function irName(name: string): string {
  return PLAIN_NAME.test(name) ? name : `"${irString(name)}"`;
}

/** The inside of a quoted string: `"`, `\` and all but printable ASCII as `\hh`. */
export function irString(text: string): string {
  let escaped = '';
  for (const byte of utf8(text)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    escaped += plain ? String.fromCharCode(byte) : `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** TextEncoder is not in ECMAScript itself, and the compiler uses nothing of its host. */
function utf8(text: string): number[] {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      out.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return out;
}
