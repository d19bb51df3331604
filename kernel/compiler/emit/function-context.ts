/** What the emitter knows while it writes one function: its builder, its variables, where raises and breaks go. */
import { packLocation } from '../../../backend/contract/source-location.ts';
import type { Span } from '../diagnostic.ts';
import type { Failure, HirFunction, Label, Slot } from '../hir.ts';
import { mayFault, type Subprogram } from './debug-info.ts';
import { type BasicBlock, IRBuilder } from './ir-builder.ts';
import type { IrModule } from './ir-module.ts';
import { leafNames, leafTypes } from './ir-types.ts';
import { constantInt, FALSE, type IrValue } from './ir-values.ts';

interface JumpTargets {
  readonly breakTo: BasicBlock;
  readonly continueTo: BasicBlock | undefined;
}

export class FunctionContext {
  readonly builder: IRBuilder;
  readonly module: IrModule;
  readonly #slots = new Map<Slot, readonly IrValue[]>();
  readonly #flags = new Map<Slot, IrValue>();
  readonly #targets = new Map<Label, JumpTargets>();
  readonly #raises = new Map<string, { readonly block: BasicBlock; readonly failure: Failure }>();

  readonly #hir: HirFunction;
  /** Of functions in which something can fault. */
  readonly subprogram: Subprogram | undefined;

  constructor(module: IrModule, hir: HirFunction, fastMathFlags: string) {
    this.module = module;
    this.#hir = hir;
    const fault = mayFault(hir);
    this.subprogram = fault && module.debugInfo.addSubprogram(hir.name, hir.file, fault.start);
    this.builder = new IRBuilder(fastMathFlags);
  }

  // ---- variables

  /** One alloca for each leaf of the variable's type. */
  variable(slot: Slot): readonly IrValue[] {
    const known = this.#slots.get(slot);
    if (known) return known;
    const names = leafNames(slot.type, slot.name);
    const leaves = leafTypes(slot.type).map((type, index) =>
      this.builder.createAlloca(type, `${names[index] ?? slot.name}.addr`),
    );
    this.#slots.set(slot, leaves);
    return leaves;
  }

  load(slot: Slot): readonly IrValue[] {
    const names = leafNames(slot.type, slot.name);
    return this.variable(slot).map((pointer, index) =>
      this.builder.createLoad(pointer, names[index] ?? slot.name),
    );
  }

  store(slot: Slot, values: readonly IrValue[]): void {
    for (const [index, pointer] of this.variable(slot).entries()) {
      const value = values[index];
      if (value) this.builder.createStore(value, pointer);
    }
    const flag = this.#flags.get(slot);
    if (flag) this.builder.createStore({ type: 'i1', text: 'true' }, flag);
  }

  /** From here on `isSet` tells whether the variable has been stored to. */
  track(slot: Slot): void {
    if (this.#flags.has(slot)) return;
    const flag = this.builder.createAlloca('i1', `${slot.name}.set`);
    this.builder.createStore(FALSE, flag);
    this.#flags.set(slot, flag);
  }

  isSet(slot: Slot): IrValue {
    const flag = this.#flags.get(slot);
    if (!flag) throw new Error(`variable ${slot.name} is not tracked`);
    return this.builder.createLoad(flag, `${slot.name}.set`);
  }

  // ---- jumps

  bindLabel(label: Label, breakTo: BasicBlock, continueTo: BasicBlock | undefined): void {
    this.#targets.set(label, { breakTo, continueTo });
  }

  jumpTargets(label: Label): JumpTargets {
    const targets = this.#targets.get(label);
    if (!targets) throw new Error(`label ${label.name} is not in scope`);
    return targets;
  }

  // ---- lines

  /** The instructions from here on are what `span` of the source says. */
  setPosition(span: Span): void {
    if (!this.subprogram) return;
    const { debugInfo } = this.module;
    this.builder.setCurrentDebugLocation(debugInfo.location(this.subprogram, span.start));
  }

  // ---- raises

  /** Equal raises share one block, which stands behind the function's own code. */
  #raiseBlock(failure: Failure): BasicBlock {
    const key = `${failure.kind}:${failure.line}`;
    const known = this.#raises.get(key);
    if (known) return known.block;
    const block = this.builder.createBlock('raise');
    this.#raises.set(key, { block, failure });
    return block;
  }

  raise(failure: Failure): void {
    this.builder.createBr(this.#raiseBlock(failure));
  }

  /** Goes on where `test` is false. */
  raiseIf(test: IrValue, failure: Failure): void {
    const next = this.builder.createBlock('ok');
    this.builder.createCondBr(test, this.#raiseBlock(failure), next);
    this.builder.setInsertPoint(next);
  }

  /** The raise blocks, as the last part of the function. */
  finish(): string {
    for (const { block, failure } of this.#raises.values()) {
      this.module.declare('void', 'rjit_raise', ['i32', 'i32'], ' noreturn cold');
      this.builder.setInsertPoint(block);
      this.builder.setCurrentDebugLocation(undefined);
      this.builder.createCall('void', 'rjit_raise', [
        constantInt('i32', failure.kind),
        constantInt('i32', packLocation({ file: this.#hir.file, line: failure.line })),
      ]);
      this.builder.createUnreachable();
    }
    return this.builder.toText();
  }
}
