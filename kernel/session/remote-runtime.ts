/** Remote functions in the session. Imported when a cell first needs one, or when the process has nothing to do. */
import { isRemoteErrorCode, RemoteError } from '../../backend/contract/remote-error.ts';
import type { BackendControl } from '../rjit/backend-control.ts';
import * as rjitPackage from '../rjit/remote-jit.ts';
import type { Scope } from '../rjit/session-names.ts';
import { declareInTypeScript } from '../rjit/typescript-declaration.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import { type KernelLink, KernelRefusal } from './kernel-link.ts';
import type { Question, VariableDeclaration } from './session-messages.ts';

export interface RemoteRuntime {
  /** The session's own client, which uses the kernel's managed backend. */
  readonly jit: rjitPackage.RemoteJIT;
  /** What cells see of it, by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** The variable in the words of TypeScript, where it is a remote function. */
  declare(name: string, value: unknown): VariableDeclaration | undefined;
}

interface RemoteRuntimeOptions {
  readonly link: KernelLink;
  /** Where the kernel process says at which address its backend listens; absent when it has none. */
  readonly endpointFile: string | undefined;
  readonly write: (text: string) => void;
  /** Looks up a variable of the session. */
  readonly scope: Scope;
}

export function createRemoteRuntime({
  link,
  endpointFile,
  write,
  scope,
}: RemoteRuntimeOptions): RemoteRuntime {
  const backend = endpointFile === undefined ? {} : { backend: backendControl(link, endpointFile) };
  const jit = new rjitPackage.RemoteJIT({ ...backend, write, scope });
  const { requestCancel: _requestCancel, ...publicNames } = rjitPackage;
  return {
    jit,
    globals: { ...publicNames, rjit: jit },
    declare: (name, value) =>
      value instanceof rjitPackage.RemoteFunction ? declareInTypeScript(name, value) : undefined,
  };
}

/** The backend belongs to the kernel process, so that it outlives this one. */
function backendControl(link: KernelLink, endpointFile: string): BackendControl {
  return {
    endpointFile,
    start: async ({ host, port }) => parseAddress(await ask(link, { kind: 'start-backend', host, port })),
    stop: async () => {
      await ask(link, { kind: 'stop-backend' });
    },
  };
}

async function ask(link: KernelLink, question: Question): Promise<JsonValue> {
  try {
    return await link.ask(question);
  } catch (error) {
    const code = error instanceof KernelRefusal ? error.code : undefined;
    if (code === undefined || !isRemoteErrorCode(code)) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new RemoteError(code, text.replace(`[${code}] `, ''), { cause: error });
  }
}

function parseAddress(value: JsonValue): { host: string; port: number } {
  if (!isJsonObject(value) || typeof value.host !== 'string' || typeof value.port !== 'number') {
    throw new RemoteError('protocol', 'the kernel process answered without the address of the backend');
  }
  return { host: value.host, port: value.port };
}
