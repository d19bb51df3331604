/**
 * What supervisor and worker say to each other over the IPC channel.
 *
 * The channel is JSON, not V8's serialisation: a worker runs its users' machine code, so the supervisor reads what it
 * sends as it reads any peer.
 */

/** Everything needed to compile a module again in another worker, under the same handles. */
export interface RestorableModule {
  readonly id: number;
  readonly ir: string;
  readonly functions: readonly RestorableFunction[];
  readonly options: Readonly<Record<string, string>>;
}

export interface RestorableFunction {
  readonly handle: number;
  readonly name: string;
  readonly signature: string;
  readonly symbol: string;
}

export interface TargetInfo {
  readonly triple: string;
  readonly dataLayout: string;
  readonly cpu: string;
  readonly features: string;
  readonly llvmMajor: number;
}

/** Who speaks on a data connection: a client of ours that attached, or the relay of RBC's clients. */
export type ConnectionRole = 'rjit' | 'rbc';

export type MessageToWorker =
  | {
      readonly kind: 'session';
      readonly name: string;
      readonly nextId: number;
      readonly modules: readonly RestorableModule[];
    }
  /** Comes with the socket; `head` is base64: what was read of it so far. */
  | { readonly kind: 'connection'; readonly id: number; readonly role: ConnectionRole; readonly head: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'end' };

export type MessageToSupervisor =
  /** `problem` is empty unless the worker has to do without something. */
  | { readonly kind: 'ready'; readonly target: TargetInfo; readonly problem: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'restored';
      readonly failures: readonly { readonly id: number; readonly message: string }[];
      /** How many modules needed no code generated. */
      readonly cachedCount: number;
    }
  | { readonly kind: 'pong' }
  | { readonly kind: 'accepted'; readonly id: number }
  | { readonly kind: 'closed'; readonly id: number; readonly problem: string }
  | { readonly kind: 'compiled'; readonly module: RestorableModule }
  | { readonly kind: 'dropped'; readonly ids: readonly number[] };

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for anything that isn't exactly one of the messages. */
export function parseMessageToSupervisor(message: unknown): MessageToSupervisor | undefined {
  if (!isFields(message)) return undefined;
  switch (message.kind) {
    case 'ready': {
      const target = parseTarget(message.target);
      if (!target || !isText(message.problem)) return undefined;
      return { kind: 'ready', target, problem: message.problem };
    }
    case 'failed':
      if (!isText(message.code) || !isText(message.message)) return undefined;
      return { kind: 'failed', code: message.code, message: message.message };
    case 'restored': {
      const failures = parseList(message.failures, parseFailure);
      if (!failures || !isId(message.cachedCount)) return undefined;
      return { kind: 'restored', failures, cachedCount: message.cachedCount };
    }
    case 'pong':
      return { kind: 'pong' };
    case 'accepted':
      return isId(message.id) ? { kind: 'accepted', id: message.id } : undefined;
    case 'closed':
      if (!isId(message.id) || !isText(message.problem)) return undefined;
      return { kind: 'closed', id: message.id, problem: message.problem };
    case 'compiled': {
      const module = parseModule(message.module);
      return module && { kind: 'compiled', module };
    }
    case 'dropped': {
      const ids = parseList(message.ids, (id) => (isId(id) ? id : undefined));
      return ids && { kind: 'dropped', ids };
    }
    default:
      return undefined;
  }
}

/** The supervisor is trusted; this only turns `unknown` into the union. */
export function parseMessageToWorker(message: unknown): MessageToWorker | undefined {
  if (!isFields(message)) return undefined;
  switch (message.kind) {
    case 'session': {
      const modules = parseList(message.modules, parseModule);
      if (!isText(message.name) || !isId(message.nextId) || modules === undefined) return undefined;
      return { kind: 'session', name: message.name, nextId: message.nextId, modules };
    }
    case 'connection': {
      const { id, role, head } = message;
      if (!isId(id) || !isText(head) || (role !== 'rjit' && role !== 'rbc')) return undefined;
      return { kind: 'connection', id, role, head };
    }
    case 'ping':
      return { kind: 'ping' };
    case 'end':
      return { kind: 'end' };
    default:
      return undefined;
  }
}

function parseTarget(value: unknown): TargetInfo | undefined {
  if (!isFields(value)) return undefined;
  const { triple, dataLayout, cpu, features, llvmMajor } = value;
  if (!isText(triple) || !isText(dataLayout) || !isText(cpu) || !isText(features) || !isId(llvmMajor)) {
    return undefined;
  }
  return { triple, dataLayout, cpu, features, llvmMajor };
}

function parseFailure(value: unknown): { id: number; message: string } | undefined {
  if (!isFields(value) || !isId(value.id) || !isText(value.message)) return undefined;
  return { id: value.id, message: value.message };
}

function parseModule(value: unknown): RestorableModule | undefined {
  if (!isFields(value) || !isId(value.id) || !isText(value.ir) || !isFields(value.options)) return undefined;
  const functions = parseList(value.functions, parseFunction);
  if (functions === undefined) return undefined;
  const options: Record<string, string> = {};
  for (const [name, text] of Object.entries(value.options)) {
    if (!isText(text)) return undefined;
    options[name] = text;
  }
  return { id: value.id, ir: value.ir, functions, options };
}

function parseFunction(value: unknown): RestorableFunction | undefined {
  if (!isFields(value)) return undefined;
  const { handle, name, signature, symbol } = value;
  if (!isId(handle) || !isText(name) || !isText(signature) || !isText(symbol)) return undefined;
  return { handle, name, signature, symbol };
}

function parseList<T>(value: unknown, parse: (item: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (const item of value) {
    const parsed = parse(item);
    if (parsed === undefined) return undefined;
    items.push(parsed);
  }
  return items;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
