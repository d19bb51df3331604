/**
 * Which source line an instruction of an object file comes from: DWARF's line number program, versions 2 to 4 (DWARF 4,
 * section 6.2). Modules ask for version 4 by a flag; of another one, lines are not known.
 */
import { ElfObject, type SectionPlace } from './elf-object.ts';

export interface LinePlace {
  /** As the line table names the file. */
  readonly file: string;
  readonly line: number;
}

interface Row extends SectionPlace {
  readonly file: string;
  readonly line: number;
  readonly endsSequence: boolean;
}

/** @param place an instruction of `object` */
export function findLine(object: ElfObject, place: SectionPlace): LinePlace | undefined {
  const rows = readRows(object).filter(({ section }) => section === place.section);
  const at = rows.findIndex((row, index) => {
    const next = rows[index + 1];
    return !row.endsSequence && next && row.offset <= place.offset && place.offset < next.offset;
  });
  const row = rows[at];
  // Line 0 marks code that comes from several lines, or from none.
  return row && row.line > 0 ? { file: row.file, line: row.line } : undefined;
}

function readRows(object: ElfObject): readonly Row[] {
  const section = object.section('.debug_line');
  if (!section) return [];
  const rows: Row[] = [];
  const relocations = object.relocations(section.number);
  const reader = new Reader(section.bytes);
  while (reader.at < section.bytes.byteLength) {
    const end = reader.u32() + reader.at;
    const header = readHeader(reader);
    if (header) new LineProgram(reader, header, relocations, rows).run(end);
    reader.at = end;
  }
  return rows;
}

interface Header {
  readonly minimumInstructionLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands each standard opcode has, from opcode 1 on. */
  readonly operandCounts: readonly number[];
  readonly files: readonly string[];
}

function readHeader(reader: Reader): Header | undefined {
  const version = reader.u16();
  if (version < 2 || version > 4) return undefined;
  const programStart = reader.u32() + reader.at;
  const minimumInstructionLength = reader.u8();
  if (version === 4) reader.u8(); // Operations of an instruction: 1 but for VLIW.
  reader.u8(); // Whether rows begin statements.
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = Array.from({ length: opcodeBase - 1 }, () => reader.u8());
  while (reader.text() !== ''); // Folders.
  const files: string[] = [];
  for (let name = reader.text(); name !== ''; name = reader.text()) {
    files.push(name);
    for (let field = 0; field < 3; field += 1) reader.unsigned(); // Its folder, time and size.
  }
  reader.at = programStart;
  return { minimumInstructionLength, lineBase, lineRange, opcodeBase, operandCounts, files };
}

const STANDARD = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4, constAddPc: 8, fixedAdvancePc: 9 };
const EXTENDED = { endSequence: 1, setAddress: 2 };

/** The state machine that makes rows. */
class LineProgram {
  readonly #reader: Reader;
  readonly #header: Header;
  readonly #relocations: ReadonlyMap<number, SectionPlace>;
  readonly #rows: Row[];
  #place: SectionPlace = { section: 0, offset: 0 };
  #file = 1;
  #line = 1;

  constructor(reader: Reader, header: Header, relocations: ReadonlyMap<number, SectionPlace>, rows: Row[]) {
    this.#reader = reader;
    this.#header = header;
    this.#relocations = relocations;
    this.#rows = rows;
  }

  run(end: number): void {
    while (this.#reader.at < end) {
      const opcode = this.#reader.u8();
      if (opcode >= this.#header.opcodeBase) this.#special(opcode);
      else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
  }

  #special(opcode: number): void {
    const { lineBase, lineRange, opcodeBase } = this.#header;
    const adjusted = opcode - opcodeBase;
    this.#advance(Math.floor(adjusted / lineRange));
    this.#line += lineBase + (adjusted % lineRange);
    this.#addRow(false);
  }

  #standard(opcode: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case STANDARD.copy:
        this.#addRow(false);
        return;
      case STANDARD.advancePc:
        this.#advance(reader.unsigned());
        return;
      case STANDARD.advanceLine:
        this.#line += reader.signed();
        return;
      case STANDARD.setFile:
        this.#file = reader.unsigned();
        return;
      case STANDARD.constAddPc:
        this.#advance(Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange));
        return;
      case STANDARD.fixedAdvancePc:
        this.#move(reader.u16());
        return;
      default:
        for (let left = this.#header.operandCounts[opcode - 1] ?? 0; left > 0; left -= 1) reader.unsigned();
    }
  }

  #extended(): void {
    const reader = this.#reader;
    const end = reader.unsigned() + reader.at;
    const opcode = reader.u8();
    if (opcode === EXTENDED.endSequence) {
      this.#addRow(true);
      this.#file = 1;
      this.#line = 1;
    } else if (opcode === EXTENDED.setAddress) {
      this.#place = this.#relocations.get(reader.at) ?? { section: 0, offset: 0 };
    }
    reader.at = end;
  }

  #advance(instructions: number): void {
    this.#move(instructions * this.#header.minimumInstructionLength);
  }

  #move(byteLength: number): void {
    this.#place = { ...this.#place, offset: this.#place.offset + byteLength };
  }

  #addRow(endsSequence: boolean): void {
    const file = this.#header.files[this.#file - 1] ?? '';
    this.#rows.push({ ...this.#place, file, line: this.#line, endsSequence });
  }
}

/** Reads little-endian numbers and LEB128 from `at` on. */
class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.#bytes.readUInt16LE(this.at - 2);
  }

  u32(): number {
    this.at += 4;
    return this.#bytes.readUInt32LE(this.at - 4);
  }

  /** ULEB128; of numbers that fit 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** SLEB128. */
  signed(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale * 128;
    }
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.at);
    const text = this.#bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }
}

/** Reads objects only once a line of theirs is asked for. */
export function lineAt(objectBytes: Uint8Array, symbol: string, byteOffset: number): LinePlace | undefined {
  const object = new ElfObject(objectBytes);
  const start = object.symbol(symbol);
  return start && findLine(object, { section: start.section, offset: start.offset + byteOffset });
}
