/**
 * The lines of JSON between a session's process and the kernel process. Both ends are of one version, but the session
 * also runs the user's code, so what it sends is checked like any other input.
 */
import type {
  CellId,
  CommMessage,
  ErrorReport,
  ExecuteOutcome,
  ExecuteRequest,
  RichOutput,
} from './execution.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** To the session's main thread. */
export type SessionRequest =
  | { readonly op: 'execute'; readonly request: ExecuteRequest }
  /** From the front end; what comes of it belongs to the cell. */
  | { readonly op: 'comm'; readonly cellId: CellId; readonly message: CommMessage }
  | { readonly op: 'answer'; readonly id: number; readonly answer: Answer };

/** What a subshell asks for: it doesn't wait for the cell that runs. */
export type SideRequest = Exclude<SessionRequest, { op: 'answer' }>;

export type Answer =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string; readonly code?: string };

/** What the session asks of the kernel process. */
export type Question =
  | { readonly kind: 'input'; readonly prompt: string; readonly password: boolean; readonly cellId?: CellId }
  | { readonly kind: 'start-backend'; readonly host: string; readonly port: number }
  | { readonly kind: 'stop-backend' }
  | { readonly kind: 'inspect'; readonly expression: string; readonly wantsSource: boolean }
  /** Without a mode: which one it is. */
  | { readonly kind: 'type-checks'; readonly mode?: string };

/** From the session's main thread. */
export type SessionMessage =
  | { readonly op: 'ready' }
  /** Belongs where the marker with the same sequence number stands in the session's standard output. */
  | {
      readonly op: 'output';
      readonly sequence: number;
      readonly cellId?: CellId;
      readonly output: RichOutput | CommHandled;
    }
  | { readonly op: 'done'; readonly cellId: CellId; readonly outcome: ExecuteOutcome }
  /** Variables that no TypeScript of a cell declares, such as remote functions; before the `done` of their cell. */
  | { readonly op: 'declared'; readonly declarations: readonly VariableDeclaration[] }
  /** The user's code has registered a magic. */
  | { readonly op: 'magic'; readonly magic: UserMagic }
  | { readonly op: 'ask'; readonly id: number; readonly question: Question }
  /** The user's code ends the process. */
  | { readonly op: 'exit'; readonly code: number; readonly coverage?: readonly JsonObject[] };

/** Behind everything that a message of the front end has caused. */
export interface CommHandled {
  readonly kind: 'comm-handled';
  /** False: nobody has registered the target of the comm. */
  readonly isAccepted: boolean;
}

/** A variable in the words of TypeScript. */
export interface VariableDeclaration {
  readonly name: string;
  /** `declare const name: …` */
  readonly text: string;
  /** What people read instead. */
  readonly signatures: readonly string[];
  readonly source?: { readonly language: string; readonly text: string };
}

/** What is told of a magic of the user's own; it runs in the session. */
export interface UserMagic {
  readonly kind: 'line' | 'cell';
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: readonly string[];
}

/** What can be seen of the user's values without changing anything. */
export type Look =
  /** The members of what an expression gives. */
  | { readonly kind: 'members'; readonly expression: string }
  /** What the session's top level has that begins so. */
  | { readonly kind: 'globals'; readonly prefix: string }
  /** A short text for the value of an expression. */
  | { readonly kind: 'preview'; readonly expression: string }
  /** Whether an expression is true, or can't be evaluated without a side effect. */
  | { readonly kind: 'truth'; readonly expression: string };

export interface LiveMember {
  readonly name: string;
  /** `method`, `property` or `variable`. */
  readonly type: string;
}

/** To the session's control thread, which answers each but a delivery: what comes of that is the main thread's to say. */
export type ControlRequest =
  | Delivery
  | { readonly op: 'interrupt'; readonly id: number }
  | { readonly op: 'look'; readonly id: number; readonly look: Look };

export interface Delivery {
  readonly op: 'deliver';
  readonly request: SideRequest;
}

export type ControlReply =
  | { readonly id: number; readonly state: InterruptState }
  | { readonly id: number; readonly members: readonly LiveMember[] }
  | { readonly id: number; readonly preview: string | null }
  | { readonly id: number; readonly mayBeTrue: boolean };

/** How an interrupt ended: there was nothing to stop, or what ran was stopped. */
export type InterruptState = 'idle' | 'stopped';

export class SessionMessageError extends Error {
  override readonly name = 'SessionMessageError';
}

export function parseSessionMessage(line: string): SessionMessage {
  const message = parseObject(line);
  switch (message.op) {
    case 'ready':
      return { op: 'ready' };
    case 'output':
      return {
        op: 'output',
        sequence: numberField(message, 'sequence'),
        ...optionalCellId(message),
        output: parseOutput(objectField(message, 'output')),
      };
    case 'done':
      return {
        op: 'done',
        cellId: numberField(message, 'cellId'),
        outcome: parseOutcome(objectField(message, 'outcome')),
      };
    case 'declared': {
      const { declarations } = message;
      if (!Array.isArray(declarations)) throw new SessionMessageError("expected a list in 'declarations'");
      return { op: 'declared', declarations: declarations.filter(isJsonObject).map(parseDeclaration) };
    }
    case 'magic':
      return { op: 'magic', magic: parseUserMagic(objectField(message, 'magic')) };
    case 'ask':
      return {
        op: 'ask',
        id: numberField(message, 'id'),
        question: parseQuestion(objectField(message, 'question')),
      };
    case 'exit':
      return { op: 'exit', code: numberField(message, 'code'), ...optionalCoverage(message) };
    default:
      throw new SessionMessageError(`unknown message '${String(message.op)}' from the session`);
  }
}

export function parseControlReply(line: string): ControlReply {
  const reply = parseObject(line);
  const id = numberField(reply, 'id');
  if (Array.isArray(reply.members))
    return { id, members: reply.members.filter(isJsonObject).map(parseMember) };
  if ('preview' in reply)
    return { id, preview: reply.preview === null ? null : stringField(reply, 'preview') };
  if (typeof reply.mayBeTrue === 'boolean') return { id, mayBeTrue: reply.mayBeTrue };
  const state = stringField(reply, 'state');
  if (state !== 'idle' && state !== 'stopped') throw new SessionMessageError(`unknown state '${state}'`);
  return { id, state };
}

function parseMember(fields: JsonObject): LiveMember {
  return { name: stringField(fields, 'name'), type: stringField(fields, 'type') };
}

function parseUserMagic(fields: JsonObject): UserMagic {
  return {
    kind: fields.kind === 'cell' ? 'cell' : 'line',
    name: stringField(fields, 'name'),
    summary: stringField(fields, 'summary'),
    usage: stringField(fields, 'usage'),
    options: stringsField(fields, 'options'),
  };
}

function parseDeclaration(fields: JsonObject): VariableDeclaration {
  const { signatures, source } = fields;
  return {
    name: stringField(fields, 'name'),
    text: stringField(fields, 'text'),
    signatures: Array.isArray(signatures) ? signatures.map(String) : [],
    ...(isJsonObject(source) && {
      source: { language: stringField(source, 'language'), text: stringField(source, 'text') },
    }),
  };
}

function parseOutcome(fields: JsonObject): ExecuteOutcome {
  const status = stringField(fields, 'status');
  if (status === 'error') return { status, ...parseErrorReport(fields), ...optionalCoverage(fields) };
  if (status !== 'ok') throw new SessionMessageError(`unknown status '${status}'`);
  const { result, metadata, payload } = fields;
  return {
    status,
    ...(isJsonObject(result) && { result }),
    ...(isJsonObject(metadata) && { metadata }),
    userExpressions: objectField(fields, 'userExpressions'),
    payload: Array.isArray(payload) ? payload.filter(isJsonObject) : [],
    ...optionalCoverage(fields),
  };
}

function optionalCoverage({ coverage }: JsonObject): { coverage?: readonly JsonObject[] } {
  return Array.isArray(coverage) ? { coverage: coverage.filter(isJsonObject) } : {};
}

function parseOutput(fields: JsonObject): RichOutput | CommHandled {
  const kind = stringField(fields, 'kind');
  switch (kind) {
    case 'display':
      return {
        kind,
        data: objectField(fields, 'data'),
        metadata: objectField(fields, 'metadata'),
        ...(typeof fields.displayId === 'string' && { displayId: fields.displayId }),
        update: fields.update === true,
      };
    case 'clear':
      return { kind, wait: fields.wait === true };
    case 'error':
      return { kind, ...parseErrorReport(fields) };
    case 'comm':
      return { kind, message: parseCommMessage(objectField(fields, 'message')) };
    case 'comm-handled':
      return { kind, isAccepted: fields.isAccepted === true };
    case 'broadcast':
      return {
        kind,
        messageType: stringField(fields, 'messageType'),
        content: objectField(fields, 'content'),
        metadata: objectField(fields, 'metadata'),
        buffersBase64: stringsField(fields, 'buffersBase64'),
      };
    default:
      throw new SessionMessageError(`unknown output '${kind}'`);
  }
}

function parseCommMessage(fields: JsonObject): CommMessage {
  const type = stringField(fields, 'type');
  if (type !== 'comm_open' && type !== 'comm_msg' && type !== 'comm_close') {
    throw new SessionMessageError(`unknown message '${type}' of a comm`);
  }
  return {
    type,
    commId: stringField(fields, 'commId'),
    ...(typeof fields.targetName === 'string' && { targetName: fields.targetName }),
    data: objectField(fields, 'data'),
    metadata: objectField(fields, 'metadata'),
    buffersBase64: stringsField(fields, 'buffersBase64'),
  };
}

function parseErrorReport(fields: JsonObject): ErrorReport {
  const { traceback } = fields;
  return {
    ename: stringField(fields, 'ename'),
    evalue: stringField(fields, 'evalue'),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
  };
}

function parseQuestion(fields: JsonObject): Question {
  const kind = stringField(fields, 'kind');
  switch (kind) {
    case 'input':
      return {
        kind,
        prompt: stringField(fields, 'prompt'),
        password: fields.password === true,
        ...optionalCellId(fields),
      };
    case 'start-backend':
      return { kind, host: stringField(fields, 'host'), port: numberField(fields, 'port') };
    case 'stop-backend':
      return { kind };
    case 'inspect':
      return {
        kind,
        expression: stringField(fields, 'expression'),
        wantsSource: fields.wantsSource === true,
      };
    case 'type-checks':
      return { kind, ...(typeof fields.mode === 'string' && { mode: fields.mode }) };
    default:
      throw new SessionMessageError(`unknown question '${kind}'`);
  }
}

function parseObject(line: string): JsonObject {
  const value: unknown = JSON.parse(line);
  if (!isJsonObject(value)) throw new SessionMessageError('expected an object from the session');
  return value;
}

function optionalCellId(fields: JsonObject): { cellId?: CellId } {
  return typeof fields.cellId === 'number' ? { cellId: fields.cellId } : {};
}

function numberField(fields: JsonObject, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') throw new SessionMessageError(`expected a number in '${name}'`);
  return value;
}

function stringField(fields: JsonObject, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new SessionMessageError(`expected a string in '${name}'`);
  return value;
}

function stringsField(fields: JsonObject, name: string): readonly string[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new SessionMessageError(`expected a list in '${name}'`);
  return value.map(String);
}

function objectField(fields: JsonObject, name: string): JsonObject {
  const value = fields[name];
  if (!isJsonObject(value)) throw new SessionMessageError(`expected an object in '${name}'`);
  return value;
}
