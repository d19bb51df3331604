/** What front ends ask while the user types: from the magics, TypeScript's types and the session's own values. */
import { cellGlobals } from './cell-globals.ts';
import type { CodePlace, Completion, Completions, InspectRequest } from './jupyter/interpreter.ts';
import type { MimeBundle } from './jupyter/messages.ts';
import { LanguageService } from './language/service/language-service.ts';
import type {
  AmbientDeclaration,
  Description,
  ServiceCompletions,
  TypeDiagnostic,
} from './language/service/protocol.ts';
import { builtinMagics } from './magics/builtin-magics.ts';
import { completeMagic } from './magics/complete-magic.ts';
import { inspectMagic } from './magics/inspect-magic.ts';
import type { LineMagic, MagicRegistry } from './magics/registry.ts';
import { withoutMagics } from './magics/without-magics.ts';
import { describeMagic, describeName, describeValue } from './show-description.ts';

interface LiveName {
  readonly name: string;
  readonly type: string;
}

/** The values of the session, looked at without side effects; also while a cell runs. */
export interface LiveSession {
  liveMembers(expression: string): Promise<readonly LiveName[]>;
  liveGlobals(prefix: string): Promise<readonly LiveName[]>;
  livePreview(expression: string): Promise<string | undefined>;
  /** Whether an expression is true; also where that can't be seen without a side effect. */
  mayBeTrue(expression: string): Promise<boolean>;
}

type AddedMagic = Pick<LineMagic, 'name' | 'summary' | 'usage' | 'options'> & {
  readonly kind: 'line' | 'cell';
};

/** JupyterLab waits a second for completions. Before the types are loaded, live values have to do. */
const COMPLETION_TIMEOUT_MS = 800;
const INSPECTION_TIMEOUT_MS = 3000;
/** V8 compiles what runs often: then, an answer takes a third of the time. */
const PRACTICE_ROUNDS = 12;

const WORD = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const PATH = String.raw`${WORD}(?:\??\.${WORD}|\[(?:\d+|"[^"\\]*"|'[^'\\]*')\])*`;
/** `a.b[0].c` at the end of the text, as the object and the word that its member begins with. */
const MEMBER = new RegExp(String.raw`(?<![\p{ID_Continue}$.)\]])(${PATH})\??\.([\p{ID_Continue}$]*)$`, 'u');
const NAME_BEFORE = new RegExp(String.raw`(?<![\p{ID_Continue}$.])(${WORD})$`, 'u');
const PATH_BEFORE = new RegExp(String.raw`(?<![\p{ID_Continue}$.)\]])(${PATH})$`, 'u');

export class Intelligence {
  #magics: MagicRegistry = builtinMagics();
  readonly #live: LiveSession;
  readonly #service: LanguageService;

  /** `folder` is the notebook's, from which packages are resolved. */
  constructor(live: LiveSession, folder: string) {
    this.#live = live;
    this.#service = new LanguageService({ folder, globals: cellGlobals() });
  }

  /** Loads what the first question needs, and practises while nobody has anything to ask. */
  async warmUp(isIdle: () => boolean): Promise<void> {
    await this.#service.ask({ op: 'warm-up' });
    for (let round = 0; round < PRACTICE_ROUNDS; round++) {
      for (const code of [`const list${round} = [1]; list${round}.ma`, 'Math.ma', 'pro']) {
        if (!isIdle()) return;
        await this.complete({ code, cursor: code.length });
      }
    }
  }

  /** Makes ready for questions about what the cells have declared. */
  async prepare(): Promise<void> {
    await this.#service.ask({ op: 'prepare' });
  }

  /** A cell has begun, and isn't refused; its names are known from now on. `name` is that of no other. */
  ran(name: string, code: string): void {
    const typescript = withoutMagics(code, this.#magics);
    if (typescript !== undefined) this.#service.ran(name, typescript);
  }

  declared(declarations: readonly AmbientDeclaration[]): void {
    this.#service.declared(declarations);
  }

  /** The user's code has made a magic. It is completed and described here, and runs in the session. */
  magicAdded({ kind, ...magic }: AddedMagic): void {
    const run = () => Promise.reject(new Error(`${magic.name} runs in the session`));
    if (kind === 'line') this.#magics.addLineMagic({ ...magic, run });
    else this.#magics.addCellMagic({ ...magic, run });
  }

  /** All variables are gone, and the user's magics. */
  forget(): void {
    this.#magics = builtinMagics();
    this.#service.forget();
  }

  /** What is wrong with the types of a cell that has run. */
  async checkRan(name: string): Promise<readonly TypeDiagnostic[]> {
    const found = await this.#service.ask({ op: 'check-ran', name });
    // A name that is not there yet may be declared by a cell that runs before it is needed.
    return this.#unrefuted(found.filter(({ isMissingName }) => isMissingName !== true));
  }

  /** What is wrong with the types of a cell that has not run. */
  async check(code: string): Promise<readonly TypeDiagnostic[]> {
    const typescript = withoutMagics(code, this.#magics);
    if (typescript === undefined) return [];
    return this.#unrefuted(await this.#service.ask({ op: 'check', cell: { code: typescript } }));
  }

  /** Without what the session's own values show to be wrong: types may be older than what they describe. */
  async #unrefuted(found: readonly TypeDiagnostic[]): Promise<readonly TypeDiagnostic[]> {
    const isRefuted = await Promise.all(
      found.map(({ refutation }) => refutation !== undefined && this.#live.mayBeTrue(refutation)),
    );
    return found.filter((_, index) => isRefuted[index] !== true);
  }

  async complete({ code, cursor }: CodePlace): Promise<Completions> {
    const magic = await completeMagic(code, cursor, this.#magics);
    const typescript = magic ? undefined : withoutMagics(code, this.#magics);
    if (typescript === undefined) return magic ?? { start: cursor, end: cursor, matches: [] };
    const question = { op: 'complete', cell: { code: typescript }, cursor } as const;
    const [word] = NAME_BEFORE.exec(code.slice(0, cursor)) ?? [];
    const [typed, live] = await Promise.all([
      within(COMPLETION_TIMEOUT_MS, this.#service.ask(question)),
      word === undefined ? [] : this.#live.liveGlobals(word),
    ]);
    if (word !== undefined) return withLiveNames(typed, live, word, cursor);
    return typed?.isTyped === true ? typed : this.#completeMember(code, cursor);
  }

  /** Whoever can't wait until the types are loaded gets what the value itself tells after `timeoutMs`. */
  async inspect(
    { code, cursor, wantsSource }: InspectRequest,
    timeoutMs = INSPECTION_TIMEOUT_MS,
  ): Promise<MimeBundle | undefined> {
    const magic = inspectMagic(code, cursor, this.#magics);
    if (magic !== undefined) return describeMagic(magic);
    const typescript = withoutMagics(code, this.#magics);
    if (typescript === undefined) return undefined;
    const question = { op: 'inspect', cell: { code: typescript }, cursor, wantsSource } as const;
    const found = await within<Description | null>(timeoutMs, this.#service.ask(question));
    const expression = found ? found.expression : pathAt(code, cursor);
    const value = expression === undefined ? undefined : await this.#live.livePreview(expression);
    if (found) return describeName(found, value);
    return expression === undefined || value === undefined ? undefined : describeValue(expression, value);
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  /** What the types don't know, the value may. */
  async #completeMember(code: string, cursor: number): Promise<Completions> {
    const [, object, word = ''] = MEMBER.exec(code.slice(0, cursor)) ?? [];
    if (object === undefined) return { start: cursor, end: cursor, matches: [] };
    const found = await this.#live.liveMembers(object);
    const members = found.filter(({ name }) => name.startsWith(word) && isOffered(name, word));
    return { start: cursor - word.length, end: cursor, matches: members.map(asCompletion) };
  }
}

/** With variables that no declaration tells of, such as those that an assignment alone has made. */
function withLiveNames(
  typed: ServiceCompletions | undefined,
  live: readonly LiveName[],
  word: string,
  end: number,
): Completions {
  const matches = typed?.matches ?? [];
  const start = end - word.length;
  if (typed !== undefined && matches.length > 0 && typed.start !== start) return typed;
  const known = new Set(matches.map(({ text }) => text));
  const found = live.filter(({ name }) => isOffered(name, word) && !known.has(name));
  return { start, end, matches: [...matches, ...found.map(asCompletion)] };
}

/** Names such as `__proto__` and those of our own runtime are for who asks for them. */
function isOffered(name: string, word: string): boolean {
  return !name.startsWith('__') || word.startsWith('_');
}

function asCompletion({ name, type }: LiveName): Completion {
  return { text: name, type };
}

/** The path of names that ends at or behind the cursor. */
function pathAt(code: string, cursor: number): string | undefined {
  const [rest = ''] = /^[\p{ID_Continue}$]*/u.exec(code.slice(cursor)) ?? [];
  return PATH_BEFORE.exec(code.slice(0, cursor) + rest)?.[1];
}

/** Undefined when it takes longer, or fails. */
async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
