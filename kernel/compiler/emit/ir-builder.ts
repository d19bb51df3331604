/**
 * Builds the text of one LLVM function. Methods bear the names of LLVM's own IRBuilder.
 *
 * The dialect is the one that LLVM 14 to 19 all read: typed pointers, no constant expressions, no flags but those of
 * `fastMathFlags`, no attributes.
 */
import { constantInt, type IrValue, irName } from './ir-values.ts';

export interface BasicBlock {
  readonly name: string;
  readonly lines: string[];
  terminated: boolean;
}

export type IntPredicate = 'eq' | 'ne' | 'slt' | 'sle' | 'sgt' | 'sge' | 'ult' | 'ule' | 'ugt' | 'uge';
export type FloatPredicate = 'oeq' | 'one' | 'une' | 'olt' | 'ole' | 'ogt' | 'oge' | 'uno' | 'ord';

export class IRBuilder {
  /** `fast ` where the user has asked for it. */
  readonly fastMathFlags: string;
  readonly #names = new Map<string, number>();
  readonly #variables: string[] = [];
  readonly #blocks = new Set<BasicBlock>();
  #block: BasicBlock;
  #debugLocation: number | undefined;
  #suffix = '';

  constructor(fastMathFlags = '') {
    this.fastMathFlags = fastMathFlags;
    this.#block = this.createBlock('entry');
    this.#blocks.add(this.#block);
  }

  // ---- names, blocks

  #unique(hint: string): string {
    const count = this.#names.get(hint) ?? 0;
    this.#names.set(hint, count + 1);
    if (count === 0) return hint;
    // A hint that ends in a digit could meet another hint's number.
    const name = `${hint}${/\d$/.test(hint) ? '.' : ''}${count}`;
    return this.#names.has(name) ? this.#unique(hint) : this.#claim(name);
  }

  #claim(name: string): string {
    this.#names.set(name, 1);
    return name;
  }

  /** A parameter or any other value that the caller of the builder defines. */
  createArgument(type: string, name: string): IrValue {
    return { type, text: `%${irName(this.#unique(name))}` };
  }

  createBlock(name: string): BasicBlock {
    return { name: irName(this.#unique(name)), lines: [], terminated: false };
  }

  /** The first time, this is also where the block stands in the function. */
  setInsertPoint(block: BasicBlock): void {
    this.#blocks.add(block);
    this.#block = block;
  }

  getInsertBlock(): BasicBlock {
    return this.#block;
  }

  /** The body between the braces. Variables stand in the entry block, where mem2reg looks for them. */
  toText(): string {
    const blocks = [...this.#blocks].map((block, index) => {
      const lines = index === 0 ? [...this.#variables, ...block.lines] : block.lines;
      return [`${block.name}:`, ...lines].join('\n');
    });
    return blocks.join('\n\n');
  }

  /** The metadata number of the location (`!dbg`) of the instructions from here on; they have none by default. */
  setCurrentDebugLocation(number: number | undefined): void {
    this.#debugLocation = number;
    this.#suffix = number === undefined ? '' : `, !dbg !${number}`;
  }

  getCurrentDebugLocation(): number | undefined {
    return this.#debugLocation;
  }

  #emit(line: string): void {
    this.#block.lines.push(`  ${line}${this.#suffix}`);
  }

  #assign(type: string, hint: string, instruction: string): IrValue {
    const text = `%${irName(this.#unique(hint))}`;
    this.#emit(`${text} = ${instruction}`);
    return { type, text };
  }

  #terminate(line: string): void {
    this.#emit(line);
    this.#block.terminated = true;
  }

  #binary(opcode: string, left: IrValue, right: IrValue, hint: string): IrValue {
    return this.#assign(left.type, hint, `${opcode} ${left.type} ${left.text}, ${right.text}`);
  }

  // ---- arithmetic

  createAdd = (l: IrValue, r: IrValue): IrValue => this.#binary('add', l, r, 'add');
  createSub = (l: IrValue, r: IrValue): IrValue => this.#binary('sub', l, r, 'sub');
  createMul = (l: IrValue, r: IrValue): IrValue => this.#binary('mul', l, r, 'mul');
  createSDiv = (l: IrValue, r: IrValue): IrValue => this.#binary('sdiv', l, r, 'div');
  createUDiv = (l: IrValue, r: IrValue): IrValue => this.#binary('udiv', l, r, 'div');
  createSRem = (l: IrValue, r: IrValue): IrValue => this.#binary('srem', l, r, 'rem');
  createURem = (l: IrValue, r: IrValue): IrValue => this.#binary('urem', l, r, 'rem');
  createShl = (l: IrValue, r: IrValue): IrValue => this.#binary('shl', l, r, 'shl');
  createAShr = (l: IrValue, r: IrValue): IrValue => this.#binary('ashr', l, r, 'shr');
  createLShr = (l: IrValue, r: IrValue): IrValue => this.#binary('lshr', l, r, 'shr');
  createAnd = (l: IrValue, r: IrValue): IrValue => this.#binary('and', l, r, 'and');
  createOr = (l: IrValue, r: IrValue): IrValue => this.#binary('or', l, r, 'or');
  createXor = (l: IrValue, r: IrValue): IrValue => this.#binary('xor', l, r, 'xor');
  createFAdd = (l: IrValue, r: IrValue): IrValue => this.#float('fadd', l, r, 'add');
  createFSub = (l: IrValue, r: IrValue): IrValue => this.#float('fsub', l, r, 'sub');
  createFMul = (l: IrValue, r: IrValue): IrValue => this.#float('fmul', l, r, 'mul');
  createFDiv = (l: IrValue, r: IrValue): IrValue => this.#float('fdiv', l, r, 'div');
  createFRem = (l: IrValue, r: IrValue): IrValue => this.#float('frem', l, r, 'rem');

  #float(opcode: string, left: IrValue, right: IrValue, hint: string): IrValue {
    return this.#binary(`${opcode} ${this.fastMathFlags}`.trimEnd(), left, right, hint);
  }

  createNeg(value: IrValue): IrValue {
    return this.#binary('sub', constantInt(value.type, 0), value, 'neg');
  }

  createNot(value: IrValue): IrValue {
    return this.#binary('xor', value, constantInt(value.type, value.type === 'i1' ? 1 : -1), 'not');
  }

  createFNeg(value: IrValue): IrValue {
    return this.#assign(value.type, 'neg', `fneg ${this.fastMathFlags}${value.type} ${value.text}`);
  }

  createICmp(predicate: IntPredicate, left: IrValue, right: IrValue): IrValue {
    return this.#assign('i1', 'cmp', `icmp ${predicate} ${left.type} ${left.text}, ${right.text}`);
  }

  createFCmp(predicate: FloatPredicate, left: IrValue, right: IrValue): IrValue {
    const operands = `${left.type} ${left.text}, ${right.text}`;
    return this.#assign('i1', 'cmp', `fcmp ${this.fastMathFlags}${predicate} ${operands}`);
  }

  createSelect(test: IrValue, whenTrue: IrValue, whenFalse: IrValue): IrValue {
    const values = `${whenTrue.type} ${whenTrue.text}, ${whenFalse.type} ${whenFalse.text}`;
    return this.#assign(whenTrue.type, 'select', `select i1 ${test.text}, ${values}`);
  }

  // ---- conversions

  #cast(opcode: string, value: IrValue, type: string): IrValue {
    if (value.type === type) return value;
    return this.#assign(type, 'conv', `${opcode} ${value.type} ${value.text} to ${type}`);
  }

  createSExt = (value: IrValue, type: string): IrValue => this.#cast('sext', value, type);
  createZExt = (value: IrValue, type: string): IrValue => this.#cast('zext', value, type);
  createTrunc = (value: IrValue, type: string): IrValue => this.#cast('trunc', value, type);
  createSIToFP = (value: IrValue, type: string): IrValue => this.#cast('sitofp', value, type);
  createUIToFP = (value: IrValue, type: string): IrValue => this.#cast('uitofp', value, type);
  createFPExt = (value: IrValue, type: string): IrValue => this.#cast('fpext', value, type);
  createFPTrunc = (value: IrValue, type: string): IrValue => this.#cast('fptrunc', value, type);
  createBitCast = (value: IrValue, type: string): IrValue => this.#cast('bitcast', value, type);

  // ---- memory and aggregates

  createAlloca(type: string, name: string): IrValue {
    const text = `%${irName(this.#unique(name))}`;
    this.#variables.push(`  ${text} = alloca ${type}`);
    return { type: `${type}*`, text };
  }

  createLoad(pointer: IrValue, name = 'load'): IrValue {
    const type = pointer.type.slice(0, -1);
    return this.#assign(type, name, `load ${type}, ${pointer.type} ${pointer.text}`);
  }

  createStore(value: IrValue, pointer: IrValue): void {
    this.#emit(`store ${value.type} ${value.text}, ${pointer.type} ${pointer.text}`);
  }

  createInBoundsGEP(pointer: IrValue, index: IrValue): IrValue {
    const type = pointer.type.slice(0, -1);
    const operands = `${pointer.type} ${pointer.text}, ${index.type} ${index.text}`;
    return this.#assign(pointer.type, 'at', `getelementptr inbounds ${type}, ${operands}`);
  }

  /** The first element of a global array. */
  createArrayStart(symbol: string, arrayType: string, elementType: string): IrValue {
    const operands = `${arrayType}, ${arrayType}* @${irName(symbol)}, i64 0, i64 0`;
    return this.#assign(`${elementType}*`, 'data', `getelementptr inbounds ${operands}`);
  }

  createExtractValue(aggregate: IrValue, index: number, type: string, name: string): IrValue {
    return this.#assign(type, name, `extractvalue ${aggregate.type} ${aggregate.text}, ${index}`);
  }

  /** An aggregate of `type` from its members. */
  createAggregate(type: string, members: readonly IrValue[]): IrValue {
    let aggregate: IrValue = { type, text: 'undef' };
    for (const [index, member] of members.entries()) {
      const operands = `${type} ${aggregate.text}, ${member.type} ${member.text}, ${index}`;
      aggregate = this.#assign(type, 'insert', `insertvalue ${operands}`);
    }
    return aggregate;
  }

  // ---- control flow

  createPhi(type: string, incoming: readonly (readonly [value: IrValue, block: BasicBlock])[]): IrValue {
    const pairs = incoming.map(([value, block]) => `[ ${value.text}, %${block.name} ]`).join(', ');
    return this.#assign(type, 'phi', `phi ${type} ${pairs}`);
  }

  /** `undefined` for a void result. */
  createCall(result: string, symbol: string, args: readonly IrValue[]): IrValue | undefined {
    const list = args.map((arg) => `${arg.type} ${arg.text}`).join(', ');
    const call = `${result} @${irName(symbol)}(${list})`;
    if (result !== 'void') return this.#assign(result, 'call', `call ${call}`);
    this.#emit(`call ${call}`);
    return undefined;
  }

  createBr(target: BasicBlock): void {
    this.#terminate(`br label %${target.name}`);
  }

  /** Back to where a loop begins; `loop` is the number of the metadata that says what to do with it. */
  createLoopBr(target: BasicBlock, loop: number): void {
    this.#terminate(`br label %${target.name}, !llvm.loop !${loop}`);
  }

  createCondBr(test: IrValue, whenTrue: BasicBlock, whenFalse: BasicBlock): void {
    this.#terminate(`br i1 ${test.text}, label %${whenTrue.name}, label %${whenFalse.name}`);
  }

  createRet(value: IrValue): void {
    this.#terminate(`ret ${value.type} ${value.text}`);
  }

  createRetVoid(): void {
    this.#terminate('ret void');
  }

  createUnreachable(): void {
    this.#terminate('unreachable');
  }
}
