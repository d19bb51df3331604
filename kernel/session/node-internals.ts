import type { Session } from 'node:inspector';

/** A property as the inspector describes it. */
interface Property {
  readonly name: string;
  readonly value?: { readonly objectId?: string | undefined; readonly value?: unknown } | undefined;
}

/**
 * Reads variables out of the closure of one of Node's own functions, which the inspector can see without any flag.
 * Where a version of Node keeps them elsewhere, they are simply not found: every user has a plain way to do without.
 */
export function closureVariables(
  session: Session,
  functionExpression: string,
  names: readonly string[],
): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const evaluated = call(session, 'Runtime.evaluate', {
    expression: functionExpression,
    objectGroup: OBJECT_GROUP,
  });
  const functionId = field(field(evaluated, 'result'), 'objectId');
  for (const scope of scopesOf(session, functionId)) {
    for (const { name, value } of properties(session, scope, 'result')) {
      if (!names.includes(name) || found.has(name)) continue;
      found.set(name, value?.objectId === undefined ? value?.value : bringOver(session, value.objectId));
    }
  }
  call(session, 'Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  return found;
}

/** What a promise has come to, without waiting for it; undefined for nothing yet. */
export function promiseOutcome(
  session: Session,
  promise: Promise<unknown>,
): { readonly state: 'fulfilled' | 'rejected'; readonly value: unknown } | undefined {
  const slot = '__rjitPromise';
  Object.defineProperty(globalThis, slot, { value: promise, configurable: true });
  const evaluated = call(session, 'Runtime.evaluate', { expression: slot, objectGroup: OBJECT_GROUP });
  Reflect.deleteProperty(globalThis, slot);
  const found = properties(session, field(field(evaluated, 'result'), 'objectId'), 'internalProperties');
  const state = found.find(({ name }) => name === '[[PromiseState]]')?.value?.value;
  const result = found.find(({ name }) => name === '[[PromiseResult]]')?.value;
  const value = result?.objectId === undefined ? result?.value : bringOver(session, result.objectId);
  call(session, 'Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  return state === 'fulfilled' || state === 'rejected' ? { state, value } : undefined;
}

const OBJECT_GROUP = 'internals';

/** All scopes but the last, which is the global one. */
function scopesOf(session: Session, functionId: unknown): readonly string[] {
  const scopes = properties(session, functionId, 'internalProperties').find(
    ({ name }) => name === '[[Scopes]]',
  );
  return properties(session, scopes?.value?.objectId, 'result')
    .filter(({ name }) => /^\d+$/u.test(name))
    .flatMap(({ value }) => value?.objectId ?? [])
    .slice(0, -1);
}

const receiver = '__rjitReceive';

/** Hands an object that the inspector holds to JavaScript. */
function bringOver(session: Session, objectId: string): unknown {
  let received: unknown;
  const value = (object: unknown): void => {
    received = object;
  };
  Object.defineProperty(globalThis, receiver, { value, configurable: true });
  const functionDeclaration = `function () { ${receiver}(this) }`;
  call(session, 'Runtime.callFunctionOn', { objectId, functionDeclaration });
  Reflect.deleteProperty(globalThis, receiver);
  return received;
}

function properties(
  session: Session,
  objectId: unknown,
  kind: 'result' | 'internalProperties',
): readonly Property[] {
  if (typeof objectId !== 'string') return [];
  const list = field(call(session, 'Runtime.getProperties', { objectId, ownProperties: true }), kind);
  return Array.isArray(list) ? (list as readonly Property[]) : [];
}

/** A session on its own thread answers before `post` returns. */
function call(session: Session, method: string, parameters: object): unknown {
  let answer: unknown;
  session.post(method, parameters, (error: Error | null, reply?: unknown) => {
    if (error === null) answer = reply;
  });
  return answer;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
