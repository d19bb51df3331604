/** One HIR function to LLVM text. */
import type { Failure, HirFunction, HirStatement, If, Loop, Read, Return } from '../hir.ts';
import { canonicalType } from '../types/value-types.ts';
import { packLeaves, unpackArguments } from './conversions.ts';
import { elementPointer, emitCondition, emitExpression, packed } from './expressions.ts';
import { FunctionContext } from './function-context.ts';
import type { BasicBlock } from './ir-builder.ts';
import type { IrModule } from './ir-module.ts';
import { functionTypes, leafNames, parameterTypes } from './ir-types.ts';
import type { IrValue } from './ir-values.ts';
import { shortLoops } from './short-loops.ts';

export class FunctionEmitter {
  readonly context: FunctionContext;
  readonly checkedReads: ReadonlyMap<Read, Failure>;
  readonly #function: HirFunction;
  readonly #shortLoops: ReadonlySet<Loop>;

  constructor(module: IrModule, hir: HirFunction, fastMathFlags: string) {
    this.context = new FunctionContext(module, hir, fastMathFlags);
    this.checkedReads = hir.checkedReads;
    this.#function = hir;
    this.#shortLoops = shortLoops(hir.body);
  }

  emit(): void {
    const { symbol, signature, exported, body, checkedReads } = this.#function;
    const parameters = this.#receiveParameters();
    for (const read of checkedReads.keys()) this.context.track(read.slot);
    this.#statements(body);
    this.#endOfFunction();
    const { result } = functionTypes(signature);
    const text = this.context.finish();
    this.context.module.define(
      exported ? '' : 'internal ',
      result,
      symbol,
      parameters,
      text,
      this.context.subprogram,
    );
  }

  #receiveParameters(): readonly IrValue[] {
    const { builder } = this.context;
    const args = this.#function.parameters.map((slot) => {
      const types = parameterTypes(slot.type);
      const names = slot.type.kind === 'array' ? leafNames(slot.type, slot.name) : [slot.name];
      return types.map((type, index) => builder.createArgument(type, names[index] ?? slot.name));
    });
    for (const [index, slot] of this.#function.parameters.entries()) {
      this.context.store(slot, unpackArguments(builder, slot.type, args[index] ?? []));
    }
    return args.flat();
  }

  /** Functions with a result never come here; LLVM wants the block to end all the same. */
  #endOfFunction(): void {
    const { builder } = this.context;
    if (builder.getInsertBlock().terminated) return;
    if (this.#function.signature.result.kind === 'void') builder.createRetVoid();
    else builder.createUnreachable();
  }

  #statements(statements: readonly HirStatement[]): void {
    for (const statement of statements) {
      if (this.context.builder.getInsertBlock().terminated) return;
      this.statement(statement);
    }
  }

  statement(node: HirStatement): void {
    const { context } = this;
    switch (node.kind) {
      case 'position':
        context.setPosition(node.span);
        break;
      case 'store':
        context.store(node.slot, emitExpression(this, node.value));
        break;
      case 'store-element': {
        const value = packed(this, node.value);
        const pointer = elementPointer(this, node);
        context.setPosition(node.span);
        context.builder.createStore(value, pointer);
        break;
      }
      case 'evaluate':
        emitExpression(this, node.expression);
        break;
      case 'if':
        this.#if(node);
        break;
      case 'loop':
        this.#loop(node);
        break;
      case 'block': {
        const end = context.builder.createBlock(`${node.label.name}.end`);
        context.bindLabel(node.label, end, undefined);
        this.#statements(node.body);
        this.#continueAt(end);
        break;
      }
      case 'break':
        context.builder.createBr(context.jumpTargets(node.label).breakTo);
        break;
      case 'continue': {
        const { continueTo } = context.jumpTargets(node.label);
        if (!continueTo) throw new Error(`${node.label.name} is not a loop`);
        context.builder.createBr(continueTo);
        break;
      }
      case 'return':
        this.#return(node);
        break;
      case 'raise':
        context.raise(node.failure);
        break;
    }
  }

  /** Falls through to `block` unless control has gone elsewhere. */
  #continueAt(block: BasicBlock): void {
    const { builder } = this.context;
    if (!builder.getInsertBlock().terminated) builder.createBr(block);
    builder.setInsertPoint(block);
  }

  #if(node: If): void {
    const { builder } = this.context;
    const then = builder.createBlock('if.then');
    const end = builder.createBlock('if.end');
    const otherwise = node.whenFalse.length > 0 ? builder.createBlock('if.else') : end;
    emitCondition(this, node.test, then, otherwise);
    builder.setInsertPoint(then);
    this.#statements(node.whenTrue);
    if (otherwise !== end) {
      if (!builder.getInsertBlock().terminated) builder.createBr(end);
      builder.setInsertPoint(otherwise);
      this.#statements(node.whenFalse);
    }
    this.#continueAt(end);
  }

  #loop(node: Loop): void {
    const { builder } = this.context;
    const { name } = node.label;
    const position = this.context.builder.getCurrentDebugLocation();
    const test = builder.createBlock(`${name}.test`);
    const body = builder.createBlock(`${name}.body`);
    const update = node.update.length > 0 ? builder.createBlock(`${name}.update`) : test;
    const end = builder.createBlock(`${name}.end`);
    this.context.bindLabel(node.label, end, update);
    builder.createBr(node.testAt === 'top' ? test : body);
    if (node.testAt === 'top') this.#loopTest(node, test, body, end);
    builder.setInsertPoint(body);
    this.#statements(node.body);
    if (!builder.getInsertBlock().terminated) builder.createBr(update);
    if (update !== test) {
      builder.setInsertPoint(update);
      this.#statements(node.update);
      if (this.#shortLoops.has(node))
        builder.createLoopBr(test, this.context.module.metadata.addUnrolledLoop());
      else builder.createBr(test);
    }
    // The test belongs to the line that the loop begins on.
    this.context.builder.setCurrentDebugLocation(position);
    if (node.testAt === 'bottom') this.#loopTest(node, test, body, end);
    builder.setInsertPoint(end);
  }

  #loopTest(node: Loop, test: BasicBlock, body: BasicBlock, end: BasicBlock): void {
    const { builder } = this.context;
    builder.setInsertPoint(test);
    if (node.test) emitCondition(this, node.test, body, end);
    else builder.createBr(body);
  }

  #return({ value }: Return): void {
    const { builder } = this.context;
    if (!value) {
      builder.createRetVoid();
      return;
    }
    const type = canonicalType(this.#function.signature.result);
    builder.createRet(packLeaves(builder, type, emitExpression(this, value)));
  }
}
