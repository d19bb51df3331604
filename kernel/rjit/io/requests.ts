import type { CompileRequest } from '../../../backend/contract/compile-messages.ts';
import type { FaultFields } from '../../../backend/contract/remote-error.ts';
import type { MapRemains } from './direct-map.ts';
import type { MapStream } from './map-stream.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** How a server with TLS proves that it is the right one; by the system's authorities where nothing is said. */
export interface TlsTrust {
  /** Certificates to trust instead, in PEM. */
  readonly ca?: string;
  /** SHA-256 of the server's own certificate, in hexadecimal; then nothing else is looked at. */
  readonly fingerprint?: string;
}

/** All that a connection to a server needs. */
export interface ServerLocation extends ServerAddress {
  /** Empty for none. */
  readonly token: string;
  /** Undefined speaks in clear. */
  readonly tls: TlsTrust | undefined;
}

/** Where the server is: an address, a file in which a server says its address, or nowhere any more. */
export type Endpoint =
  | (ServerLocation & { readonly kind: 'address' })
  /** RBC's own Python server. */
  | { readonly kind: 'rbc'; readonly location: ServerLocation }
  /** `token` is what a server is told that doesn't say its own in the file. */
  | { readonly kind: 'file'; readonly path: string; readonly token?: string }
  | { readonly kind: 'stopped' };

/** What the server compiles for, from `hello`. */
export interface ServerTarget {
  readonly triple: string;
  readonly dataLayout: string;
  readonly cpu: string;
  readonly features: string;
  readonly llvmMajor: number;
  readonly serverVersion: string;
}

/** `epoch` names the server's session that the handles belong to: see channel.ts. */
export interface CompileOutcome {
  readonly epoch: number;
  readonly handles: readonly { readonly handle: number; readonly symbol: string }[];
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  readonly cached: boolean;
}

/** A call whose packed arguments are too many for the ring. */
export interface StagedCallCommand {
  readonly handle: number;
  readonly epoch: number;
  /** Shared memory: begins with the packed arguments, and is where the answer is put. */
  readonly staging: Uint8Array;
  /** Of the packed arguments. */
  readonly byteLength: number;
  /** What the answer has to have. */
  readonly resultByteLength: number;
}

/** A call that the main thread has sent itself, whose answer was late. */
export interface LateCommand {
  readonly sequenceId: number;
  /** What has arrived of the answer. */
  readonly begun: Uint8Array;
  /** What the answer has to have. */
  readonly resultByteLength: number;
}

export interface MapCommand {
  readonly handle: number;
  readonly epoch: number;
  readonly length: number;
  /** One a parameter: `length` elements or one. */
  readonly columns: readonly Uint8Array[];
  readonly elementByteLengths: readonly number[];
  readonly resultElementByteLength: number;
  /** Brings those columns that `columns` has nothing of. */
  readonly stream?: MapStream | undefined;
}

/** A map that the main thread has begun on the direct connection, and can't finish. */
export interface FinishMapCommand extends MapRemains {
  /** Nobody wants the results of what is under way. */
  readonly isStopped: boolean;
}

export interface ServerStatus {
  readonly address: ServerAddress;
  readonly target: ServerTarget;
  readonly sessions: number;
  readonly workers: number;
  readonly uptimeMs: number;
  readonly supervisorPid: number;
  readonly workerPids: Readonly<Record<string, number>>;
}

/** What the I/O thread does for the main thread, apart from calls (see channel.ts): command and result of each kind. */
export interface IoOperations {
  configure: { command: { readonly endpoint: Endpoint }; result: undefined };
  target: { command: object; result: ServerTarget };
  /** All of the modules, or none. */
  compile: { command: readonly CompileRequest[]; result: readonly CompileOutcome[] };
  /** The result is where in `staging` the answer begins. */
  callStaged: { command: StagedCallCommand; result: number };
  /** The result is packed. */
  late: { command: LateCommand; result: Uint8Array };
  map: { command: MapCommand; result: Uint8Array };
  /** Whether the main thread can have the direct connection now. */
  offerDirect: { command: object; result: boolean };
  finishMap: { command: FinishMapCommand; result: undefined };
  emit: {
    command: { readonly handle: number; readonly epoch: number; readonly what: 'opt' | 'asm' };
    result: string;
  };
  drop: { command: { readonly epoch: number; readonly handles: readonly number[] }; result: undefined };
  cancel: { command: object; result: boolean };
  /** Stops the one request or call with this id. */
  abort: { command: { readonly id: number }; result: undefined };
  status: { command: object; result: ServerStatus };
  startServer: { command: ServerAddress; result: ServerAddress };
  stopServer: { command: object; result: undefined };
  serverEnd: { command: object; result: undefined };
  close: { command: object; result: undefined };
}

export type IoKind = keyof IoOperations;

/** Main thread to I/O thread. */
export type IoRequest = {
  [Kind in IoKind]: {
    readonly id: number;
    readonly kind: Kind;
    /** The main thread is blocked until the answer is there. */
    readonly isSync: boolean;
    /** 0 for none. */
    readonly timeoutMs: number;
    readonly isAbortable: boolean;
    readonly wantsProgress: boolean;
    readonly command: IoOperations[Kind]['command'];
  };
}[IoKind];

/** I/O thread to main thread. */
export type IoMessage = IoReply | IoResults | IoProgress | IoSession | IoEnded;

/** Results of calls, as call-results.ts lays them out. */
export interface IoResults {
  readonly records: Uint8Array;
}

/** A session that the I/O thread has; its name and epoch outlive the thread. */
export interface SessionName {
  readonly id: string;
  readonly epoch: number;
}

/** What an I/O thread that has ended by mistake leaves to the next. */
export interface Predecessor {
  readonly session: SessionName | undefined;
  /** The server that it had started, which ended with it. */
  readonly server: ServerAddress | undefined;
}

export interface IoSession {
  readonly session: SessionName;
}

/** The thread's last words. */
export interface IoEnded {
  readonly ended: FaultFields;
}

/** How far a request has come. */
export interface IoProgress {
  readonly progress: { readonly id: number; readonly done: number };
}

export type IoReply =
  | { readonly id: number; readonly ok: true; readonly result: IoOperations[IoKind]['result'] }
  | { readonly id: number; readonly ok: false; readonly fault: FaultFields };
