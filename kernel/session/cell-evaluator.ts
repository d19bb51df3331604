/**
 * From the text of a cell to its value. This file brings the parser and the magics along, so it is imported only when
 * the process has said that it is ready.
 */
import { runInThisContext } from 'node:vm';
import { DeclaredNames } from '../language/declared-names.ts';
import { transformPlainExpression } from '../language/plain-expression.ts';
import { shadowName, withoutShadow } from '../language/shadow-name.ts';
import { type TransformResult, transformCell } from '../language/transform-cell.ts';
import { builtinMagics } from '../magics/builtin-magics.ts';
import type { CellMagicContext, MagicContext, SessionVariable } from '../magics/context.ts';
import { type CellMagicCell, lineMagicFunction, parseCell } from '../magics/parse-cell.ts';
import type { MagicRegistry } from '../magics/registry.ts';
import type { NamedValue } from '../rjit/session-names.ts';
import { CellNotParsed, Terminated, TimeWithinExceeded, WITHIN_MS } from './cell-failure.ts';
import { currentRun } from './cell-run.ts';
import type { CellSources } from './cell-sources.ts';
import { DefinedVariables } from './defined-variables.ts';
import type { MagicHost } from './magic-host.ts';
import { after, lastly, type MaybePromise } from './maybe-promise.ts';
import type { RemoteRuntime } from './remote-runtime.ts';
import type { Evaluation, ReplEvaluator } from './repl-evaluator.ts';
import { runtimeNames } from './runtime-names.ts';
import { assignSessionGlobal, defineSessionGlobal } from './session-globals.ts';
import type { VariableDeclaration } from './session-messages.ts';

export interface CellValue {
  /** A promise when the cell ends in one. */
  readonly value: unknown;
  /** False when the cell ends in a declaration, a loop or a semicolon. */
  readonly isShown: boolean;
}

interface CellEvaluatorOptions {
  readonly repl: ReplEvaluator;
  readonly sources: CellSources;
  /** Names of the platform, which stay what they are for all modules. */
  readonly globalNames: ReadonlySet<string>;
  /** Tells the kernel process of variables that it can't see in cells. */
  readonly announce: (declarations: readonly VariableDeclaration[]) => void;
  readonly magicHost: MagicHost;
  /** What cells need to compile and call remote functions; loaded when first asked for. */
  readonly remote: () => RemoteRuntime | Promise<RemoteRuntime>;
  /** The same, where that has happened. */
  readonly loadedRemote: () => RemoteRuntime | undefined;
}

const remoteName =
  /\b(?:rjit|RemoteJIT|complex|Complex|ndarray|NdArray|u?int(?:8|16|32|64)|float(?:32|64))\b/u;

export class CellEvaluator {
  readonly magics: MagicRegistry = builtinMagics();
  readonly #options: CellEvaluatorOptions;
  readonly #declared = new DeclaredNames();
  readonly #defined = new DefinedVariables();
  #nested = 0;

  constructor(options: CellEvaluatorOptions) {
    this.#options = options;
    defineSessionGlobal(lineMagicFunction, (name: string, args: string) => this.#runLineMagic(name, args));
  }

  /** Loads the parser, which the first cell needn't wait for then. */
  warmUp(): void {
    void this.#transform('const warm: number = 1', 'rjit:warm-up');
  }

  /**
   * Runs the cell up to its first `await` before it returns, unless something has to be loaded or compiled.
   * @throws what the cell throws, {@link CellNotParsed} or {@link Terminated}, now or later
   */
  evaluate(source: string, fileName: string): MaybePromise<CellValue> {
    return lastly(
      () => this.#evaluate(source, fileName),
      () => this.#ended(),
    );
  }

  /**
   * The same in the middle of another cell's code: what the cell comes to is there at once unless it awaits something.
   * Nobody can interrupt it there, so it has a limited time. @throws what the cell throws, {@link CellNotParsed}
   */
  evaluateWithin(source: string, fileName: string): MaybePromise<CellValue> {
    this.#options.sources.add(fileName, source, undefined);
    const cell = parseCell(source, this.magics, (name) => this.#isVariable(name));
    if (cell.kind !== 'typescript') return this.evaluate(source, fileName);
    try {
      return this.#evaluateTypeScriptWithin(cell.source, source, fileName);
    } finally {
      this.#ended();
    }
  }

  #ended(): void {
    // The cell may have given names of functions to others.
    this.#options.loadedRemote()?.jit.namesChanged();
    this.#announce();
  }

  #evaluate(source: string, fileName: string): MaybePromise<CellValue> {
    this.#options.sources.add(fileName, source, undefined);
    const cell = parseCell(source, this.magics, (name) => this.#isVariable(name));
    switch (cell.kind) {
      case 'typescript':
        return this.#evaluateTypeScript(cell.source, source, fileName);
      case 'cell-magic':
        return this.#runCellMagic(cell, source, fileName).then((value) => ({
          value,
          isShown: value !== undefined,
        }));
      case 'magic-error':
        throw new CellNotParsed({
          name: cell.error.name,
          message: cell.error.message,
          line: cell.line,
          column: 1,
        });
    }
  }

  /** What a variable of the session holds. Not those of the platform, which no cell has made. */
  namedValue(name: string): NamedValue | undefined {
    const isPlatform = this.#options.globalNames.has(name);
    const binding = isPlatform ? shadowName(name) : name;
    if (this.#declared.kindOf(binding) === 'lexical') {
      try {
        return { value: runInThisContext(binding), isConstant: this.#declared.isConstant(binding) };
      } catch {
        return undefined; // A cell that failed has declared it and given it no value.
      }
    }
    if (isPlatform || !Object.hasOwn(globalThis, name)) return undefined;
    return { value: Reflect.get(globalThis, name), isConstant: false };
  }

  /** Makes a variable of the session, whatever kind of variable of that name there is. */
  defineGlobal(name: string, value: unknown): void {
    const isPlatform = this.#options.globalNames.has(name);
    const binding = isPlatform ? shadowName(name) : name;
    if (!isPlatform && this.#declared.kindOf(name) !== 'lexical') {
      assignSessionGlobal(name, value);
      return;
    }
    // A `let` of an earlier cell hides properties of the global object.
    const slot = '__rjitDefinition';
    defineSessionGlobal(slot, value);
    const keyword = this.#declared.kindOf(binding) === 'variable' ? 'var' : 'let';
    this.#options.repl.evaluate(`${keyword} ${binding} = ${slot}`, 'rjit:define');
    Reflect.deleteProperty(globalThis, slot);
    this.#declared.add([{ name: binding, kind: keyword === 'var' ? 'variable' : 'lexical' }]);
  }

  #evaluateTypeScript(script: string, source: string, fileName: string): MaybePromise<CellValue> {
    return after<TransformResult, CellValue>(this.#transform(script, fileName), (cell) => {
      if (!cell.ok) throw new CellNotParsed(cell.error);
      const remote = remoteName.test(cell.code) ? this.#options.remote() : undefined;
      return after(remote, () => this.#complete(cell, source, fileName));
    });
  }

  #complete(cell: TransformResult & { ok: true }, source: string, fileName: string): MaybePromise<CellValue> {
    const started = this.#start(cell, source, fileName);
    if (started === undefined) throw new Terminated();
    return started.completion.then(({ value }) => ({ value, isShown: cell.showsResult }));
  }

  #evaluateTypeScriptWithin(script: string, source: string, fileName: string): MaybePromise<CellValue> {
    const cell = this.#transform(script, fileName);
    if (cell instanceof Promise || (cell.ok && this.#waitsForRemote(cell.code))) {
      return this.#evaluateTypeScript(script, source, fileName);
    }
    if (!cell.ok) throw new CellNotParsed(cell.error);
    const started = this.#start(cell, source, fileName, WITHIN_MS);
    if (started === undefined) throw new TimeWithinExceeded();
    const isShown = cell.showsResult;
    const reached = this.#options.repl.reached(started);
    return reached === undefined
      ? started.completion.then(({ value }) => ({ value, isShown }))
      : { value: reached.value, isShown };
  }

  #waitsForRemote(code: string): boolean {
    return remoteName.test(code) && this.#options.loadedRemote() === undefined;
  }

  #transform(script: string, fileName: string): ReturnType<typeof transformCell> {
    const declared = this.#declared;
    const { globalNames } = this.#options;
    return (
      transformPlainExpression(script, declared) ??
      transformCell(script, { fileName, runtime: runtimeNames, declared, globalNames })
    );
  }

  /** Undefined: the code was ended before its first `await`. */
  #start(
    cell: TransformResult & { ok: true },
    source: string,
    fileName: string,
    timeoutMs?: number,
  ): (Evaluation & { kind: 'started' }) | undefined {
    const { repl, sources } = this.#options;
    sources.add(fileName, source, cell.map);
    const evaluation = repl.evaluate(cell.code, fileName, timeoutMs);
    switch (evaluation.kind) {
      case 'syntax-error': {
        const position = sources.originalPosition(fileName, evaluation);
        throw new CellNotParsed({ message: evaluation.message, ...position });
      }
      case 'terminated':
        return undefined;
      case 'started':
        this.#declared.add(cell.declarations);
        for (const { name } of cell.declarations) this.#defined.forget(name);
        return evaluation;
    }
  }

  /** Code that a magic runs for its cell. */
  async #evaluateWithin(code: string, name: string): Promise<unknown> {
    this.#nested += 1;
    const { value, isShown } = await this.#evaluate(code, `${name}/${this.#nested}`);
    return isShown ? await value : undefined;
  }

  #variables(): readonly SessionVariable[] {
    const assigned = Object.keys(globalThis).filter((name) => !this.#options.globalNames.has(name));
    const names = new Set([...this.#declared.names.map(withoutShadow), ...this.#defined.names, ...assigned]);
    return [...names].sort().flatMap((name) => {
      const value = this.namedValue(name)?.value;
      return value === undefined ? [] : [{ name, value }];
    });
  }

  #isVariable(name: string): boolean {
    return name in globalThis || this.#declared.kindOf(name) !== undefined;
  }

  async #runLineMagic(name: string, args: string): Promise<unknown> {
    return await this.magics.runLineMagic(name, args, await this.#magicContext());
  }

  async #runCellMagic(cell: CellMagicCell, source: string, fileName: string): Promise<unknown> {
    const context: CellMagicContext = {
      ...(await this.#magicContext()),
      fileName,
      cell: source,
      argumentsOffset: cell.argumentsOffset,
      bodyLine: cell.bodyLine,
    };
    return await this.magics.runCellMagic(cell.name, cell.arguments, cell.body, context);
  }

  /** Also after a cell that has failed on its way. */
  #announce(): void {
    const remote = this.#options.loadedRemote();
    const changes = remote === undefined ? [] : this.#defined.changes(remote);
    if (changes.length > 0) this.#options.announce(changes);
  }

  async #magicContext(): Promise<MagicContext> {
    const { jit } = await this.#options.remote();
    const fileName = currentRun.getStore()?.fileName ?? '';
    return {
      ...this.#options.magicHost,
      jit,
      fileName,
      evaluate: (code, name) => this.#evaluateWithin(code, name ?? fileName),
      variables: () => this.#variables(),
      defineGlobal: (name, value) => {
        this.defineGlobal(name, value);
        this.#defined.add(name, value);
      },
    };
  }
}
