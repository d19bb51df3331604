/**
 * Looks at values of the user's session from the control thread, also while a cell runs: V8 refuses to evaluate
 * whatever has a side effect, so a look changes nothing.
 */
import type { Session } from 'node:inspector';
import { controlExpression, controlSourceUrl } from './control-expressions.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { LiveMember } from './session-messages.ts';

const OBJECT_GROUP = 'live';
const MAX_MEMBERS = 2000;
const MAX_PREVIEW_LENGTH = 400;

/** Names that can be used behind a dot, own ones first; the elements of arrays are not among them. */
const membersFunction = `function () {
  const found = [], seen = new Set();
  for (let object = this; object !== null && found.length < ${MAX_MEMBERS}; object = Object.getPrototypeOf(object)) {
    const names = Array.isArray(object) || ArrayBuffer.isView(object) ? [] : Object.getOwnPropertyNames(object);
    for (const name of names) {
      if (seen.has(name) || found.length >= ${MAX_MEMBERS}) continue;
      seen.add(name);
      const property = Object.getOwnPropertyDescriptor(object, name);
      found.push(name, property && typeof property.value === 'function' ? 'method' : 'property');
    }
  }
  return found;
}`;

export class LiveValues {
  readonly #session: Session;
  readonly #mayLook: () => boolean;

  /** `session` is connected to the main thread; `mayLook` says whether it can be asked at the moment. */
  constructor(session: Session, mayLook: () => boolean) {
    this.#session = session;
    this.#mayLook = mayLook;
  }

  /** The members of what an expression gives; none where it can't be evaluated without a side effect. */
  async members(expression: string): Promise<readonly LiveMember[]> {
    const object = await this.#evaluate(`Object(${expression})`);
    const { objectId } = object ?? {};
    if (typeof objectId !== 'string') return [];
    const reply = await this.#post('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: membersFunction,
      returnByValue: true,
      silent: true,
      throwOnSideEffect: true,
    });
    this.#release();
    const list = remoteObject(reply)?.value;
    return Array.isArray(list) ? pairs(list) : [];
  }

  /** Names of the session's top level that begin so: variables of cells and properties of the global object. */
  async globalNames(prefix: string): Promise<readonly LiveMember[]> {
    const [lexical, members] = await Promise.all([
      this.#post('Runtime.globalLexicalScopeNames', {}),
      // Our own code has no side effects, and V8 takes its time to make sure that others' has none.
      this.#post('Runtime.evaluate', {
        expression: controlExpression('globals', prefix),
        returnByValue: true,
        silent: true,
      }),
    ]);
    const names = (Array.isArray(lexical?.names) ? lexical.names : []).map(String);
    const list = remoteObject(members)?.value;
    return [
      ...names.flatMap((name): LiveMember[] => (name.startsWith(prefix) ? [{ name, type: 'variable' }] : [])),
      ...(Array.isArray(list) ? pairs(list) : []),
    ];
  }

  /** A short text for the value of an expression; undefined for functions, and where a look has side effects. */
  async preview(expression: string): Promise<string | undefined> {
    const object = await this.#evaluate(expression, true);
    this.#release();
    const text = object === undefined ? undefined : previewText(object);
    return text !== undefined && text.length > MAX_PREVIEW_LENGTH
      ? `${text.slice(0, MAX_PREVIEW_LENGTH)}…`
      : text;
  }

  /** False only where the expression is false, or something in it doesn't exist. */
  async mayBeTrue(expression: string): Promise<boolean> {
    const reply = await this.#run(expression);
    this.#release();
    const details = reply?.exceptionDetails;
    if (details === undefined) return remoteObject(reply)?.value !== false;
    // V8's way to say that there would be a side effect.
    return (
      isJsonObject(details) && isJsonObject(details.exception) && details.exception.className === 'EvalError'
    );
  }

  async #evaluate(expression: string, generatePreview = false): Promise<JsonObject | undefined> {
    const reply = await this.#run(expression, generatePreview);
    return reply?.exceptionDetails === undefined ? remoteObject(reply) : undefined;
  }

  #run(expression: string, generatePreview = false): Promise<JsonObject | undefined> {
    return this.#post('Runtime.evaluate', {
      expression: `${expression}\n//# sourceURL=${controlSourceUrl}`,
      objectGroup: OBJECT_GROUP,
      silent: true,
      throwOnSideEffect: true,
      generatePreview,
    });
  }

  #post(method: string, parameters: object): Promise<JsonObject | undefined> {
    if (!this.#mayLook()) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#session.post(method, parameters, (error: Error | null, reply?: object) => {
        const fields: unknown = reply;
        resolve(error === null && isJsonObject(fields) ? fields : undefined);
      });
    });
  }

  #release(): void {
    this.#session.post('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
  }
}

function remoteObject(reply: JsonObject | undefined): JsonObject | undefined {
  return isJsonObject(reply?.result) ? reply.result : undefined;
}

function pairs(list: readonly JsonValue[]): readonly LiveMember[] {
  const members: LiveMember[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = String(list[index]);
    if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name))
      members.push({ name, type: String(list[index + 1]) });
  }
  return members;
}

/** As DevTools' console shows a value in one line. */
function previewText({
  type,
  subtype,
  value,
  unserializableValue,
  description,
  preview,
}: JsonObject): string | undefined {
  if (type === 'function' || type === 'undefined' || subtype === 'error') return undefined;
  if (type === 'string') return JSON.stringify(value);
  if (unserializableValue !== undefined) return String(unserializableValue);
  if (type !== 'object' || subtype === 'null')
    return String(type === 'object' ? 'null' : (value ?? description));
  const text = String(description ?? '');
  if (!isJsonObject(preview) || subtype === 'date' || subtype === 'regexp') return text;
  const isList = subtype === 'array' || subtype === 'typedarray';
  const entries = objects(preview.entries).map((entry) =>
    [entry.key, entry.value].filter(isJsonObject).map(memberText).join(' => '),
  );
  const properties = objects(preview.properties).map((property) =>
    isList && /^\d+$/u.test(String(property.name))
      ? memberText(property)
      : `${property.name}: ${memberText(property)}`,
  );
  const isCollection = entries.length > 0;
  const list = [...(isCollection ? entries : properties), ...(preview.overflow === true ? ['…'] : [])].join(
    ', ',
  );
  const label = text === 'Object' ? '' : `${text} `;
  return label + (isList ? `[${list}]` : list === '' ? '{}' : `{ ${list} }`);
}

function objects(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** A property, or an entry of a collection, in the preview of what holds it. */
function memberText({ type, value, description }: JsonObject): string {
  const text = String(value ?? description ?? type);
  return type === 'string' ? JSON.stringify(text) : text;
}
