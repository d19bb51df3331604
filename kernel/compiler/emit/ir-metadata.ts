/** Numbered metadata of a module, from 1 on. */
export class IrMetadata {
  readonly #nodes: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a node that stands for itself. */
  add(node: string): number {
    return this.#nodes.push(node);
  }

  /** The number of a node that any other of the same text may stand for. */
  shared(node: string): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    const number = this.add(node);
    this.#numbers.set(node, number);
    return number;
  }

  /** Identifies a loop and has LLVM unroll it fully, as `#pragma clang loop unroll(full)` does. */
  addUnrolledLoop(): number {
    const wish = this.shared('!{!"llvm.loop.unroll.full"}');
    return this.add(`distinct !{!${this.#nodes.length + 1}, !${wish}}`);
  }

  toText(): string {
    return this.#nodes.map((node, index) => `!${index + 1} = ${node}`).join('\n');
  }
}
