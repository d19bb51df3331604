/**
 * The parts of a relocatable ELF file (64-bit, little-endian) that line tables need.
 *
 * Layouts: System V gABI, chapters 4 "Object Files" and 4 "Relocation"; the same on x86-64 and AArch64.
 */
interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly byteLength: number;
  readonly link: number;
  readonly info: number;
}

/** A place in a section of the file. */
export interface SectionPlace {
  /** The section's number. */
  readonly section: number;
  readonly offset: number;
}

const HEADER = { sectionsOffset: 0x28, sectionByteLength: 0x3a, sectionCount: 0x3c, namesIndex: 0x3e };
const SECTION = { name: 0, type: 4, offset: 24, size: 32, link: 40, info: 44 };
const SYMBOL = { byteLength: 24, name: 0, section: 6, value: 8 };
const RELOCATION = { byteLength: 24, offset: 0, symbol: 12, addend: 16 };
const SYMBOL_TABLE = 2;
const RELOCATIONS_WITH_ADDENDS = 4;

/** Reads an object file that LLVM has made. Bytes that are none make it throw a RangeError. */
export class ElfObject {
  readonly #bytes: Buffer;
  readonly #sections: readonly Section[];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#sections = this.#readSections();
  }

  /** The contents of the section of that name. */
  section(name: string): { readonly number: number; readonly bytes: Buffer } | undefined {
    const number = this.#sections.findIndex((section) => section.name === name);
    const section = this.#sections[number];
    if (!section) return undefined;
    return { number, bytes: this.#bytes.subarray(section.offset, section.offset + section.byteLength) };
  }

  /** Where a symbol is defined. */
  symbol(name: string): SectionPlace | undefined {
    const table = this.#symbolTable();
    if (!table) return undefined;
    const names = this.#sections[table.link];
    for (let at = 0; at + SYMBOL.byteLength <= table.byteLength; at += SYMBOL.byteLength) {
      const entry = table.offset + at;
      if (names && this.#text(names, this.#bytes.readUInt32LE(entry + SYMBOL.name)) === name) {
        return this.#placeOf(entry);
      }
    }
    return undefined;
  }

  /** What the addresses in a section refer to, by their offset in it. */
  relocations(section: number): ReadonlyMap<number, SectionPlace> {
    const places = new Map<number, SectionPlace>();
    const symbols = this.#symbolTable();
    const tables = this.#sections.filter(({ type, info }) => {
      return type === RELOCATIONS_WITH_ADDENDS && info === section;
    });
    for (const table of symbols ? tables : []) {
      for (let at = 0; at + RELOCATION.byteLength <= table.byteLength; at += RELOCATION.byteLength) {
        const entry = table.offset + at;
        const symbol = this.#bytes.readUInt32LE(entry + RELOCATION.symbol);
        const place = this.#placeOf((symbols?.offset ?? 0) + symbol * SYMBOL.byteLength);
        const addend = Number(this.#bytes.readBigInt64LE(entry + RELOCATION.addend));
        const offset = Number(this.#bytes.readBigUInt64LE(entry + RELOCATION.offset));
        places.set(offset, { section: place.section, offset: place.offset + addend });
      }
    }
    return places;
  }

  #symbolTable(): Section | undefined {
    return this.#sections.find(({ type }) => type === SYMBOL_TABLE);
  }

  #placeOf(symbolEntry: number): SectionPlace {
    return {
      section: this.#bytes.readUInt16LE(symbolEntry + SYMBOL.section),
      offset: Number(this.#bytes.readBigUInt64LE(symbolEntry + SYMBOL.value)),
    };
  }

  #readSections(): readonly Section[] {
    const bytes = this.#bytes;
    const start = Number(bytes.readBigUInt64LE(HEADER.sectionsOffset));
    const byteLength = bytes.readUInt16LE(HEADER.sectionByteLength);
    const unnamed = Array.from({ length: bytes.readUInt16LE(HEADER.sectionCount) }, (_, index) => {
      const at = start + index * byteLength;
      return {
        nameOffset: bytes.readUInt32LE(at + SECTION.name),
        type: bytes.readUInt32LE(at + SECTION.type),
        offset: Number(bytes.readBigUInt64LE(at + SECTION.offset)),
        byteLength: Number(bytes.readBigUInt64LE(at + SECTION.size)),
        link: bytes.readUInt32LE(at + SECTION.link),
        info: bytes.readUInt32LE(at + SECTION.info),
      };
    });
    const names = unnamed[bytes.readUInt16LE(HEADER.namesIndex)];
    return unnamed.map(({ nameOffset, ...section }) => {
      return { ...section, name: names ? this.#text(names, nameOffset) : '' };
    });
  }

  /** The zero-terminated text at `offset` in a table of strings. */
  #text(table: Pick<Section, 'offset' | 'byteLength'>, offset: number): string {
    const start = table.offset + offset;
    return this.#bytes.toString('utf8', start, this.#bytes.indexOf(0, start));
  }
}
