import type { CompileRequest } from '../../../backend/contract/compile-messages.ts';
import { flattenedParameters, PackedSignature } from '../../../backend/contract/packed.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import { writePickle } from '../../../backend/contract/pickle-writer.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import { mapByCalls } from './map-by-calls.ts';
import { abortedError, type CallEnds, PendingCall } from './pending-call.ts';
import { RbcConnection } from './rbc-connection.ts';
import {
  callRequest,
  compileRequest,
  readCompiled,
  readResult,
  readTargets,
  targetsRequest,
} from './rbc-messages.ts';
import { renameForRbc } from './rbc-names.ts';
import { parseRbcTarget } from './rbc-target.ts';
import { refuseTypes, resultOfPickle, toPickledArgument } from './rbc-values.ts';
import type { CompileOutcome, MapCommand, ServerLocation, ServerStatus, ServerTarget } from './requests.ts';
import type { Receiver } from './thrift-connection.ts';
import type { MapOptions, Transport, TransportListener } from './transport.ts';

interface RbcFunction {
  readonly fullName: string;
  readonly signature: FunctionType;
  readonly packed: PackedSignature;
}

/**
 * RBC's own Python server, by its services. It has no sessions, no cancellation and no batches: functions get names
 * that no other client has, what is stopped here runs on there, and a map is a call an element.
 */
export class RbcTransport implements Transport {
  readonly #location: ServerLocation;
  readonly #listener: TransportListener;
  readonly #functions = new Map<number, RbcFunction>();
  readonly #epoch: number;
  #lastHandle = 0;
  #connection: RbcConnection | undefined;
  #opening: Promise<RbcConnection> | undefined;
  #target: ServerTarget | undefined;
  #isClosed = false;

  /** @param epoch one that no transport of this client had before */
  constructor(location: ServerLocation, epoch: number, listener: TransportListener) {
    this.#location = location;
    this.#epoch = epoch;
    this.#listener = listener;
  }

  async target(): Promise<ServerTarget> {
    this.#target ??= parseRbcTarget(readTargets(await this.#request(targetsRequest())));
    return this.#target;
  }

  async compile({ ir, functions }: CompileRequest): Promise<CompileOutcome> {
    const startedAt = performance.now();
    const renamed = renameForRbc(ir, functions);
    const handles: { handle: number; symbol: string }[] = [];
    // A request has one name: functions of several names are compiled one after the other, each from the whole module.
    for (const { name, mangled, symbol, signature } of renamed.functions) {
      const type = parseSignature(signature);
      refuseTypes(type);
      const isCompiled = readCompiled(await this.#request(compileRequest(name, mangled, renamed.ir)));
      if (!isCompiled) throw new RemoteError('compile-failed', `RBC's server did not compile ${symbol}`);
      this.#lastHandle += 1;
      const known = { fullName: name + mangled, signature: type, packed: new PackedSignature(type) };
      this.#functions.set(this.#lastHandle, known);
      handles.push({ handle: this.#lastHandle, symbol });
    }
    const total = (performance.now() - startedAt) * 1000;
    return { epoch: this.#epoch, handles, phaseMicroseconds: { total }, cached: false };
  }

  call(handle: number, epoch: number, packed: Uint8Array, receiver: Receiver): void {
    const known = epoch === this.#epoch ? this.#functions.get(handle) : undefined;
    if (!known) {
      receiver.fail(new RemoteError('unknown-function', 'it was compiled on another server'));
      return;
    }
    this.#send(this.#message(known, packed), {
      receive: (message) => {
        try {
          receiver.receive(known.packed.packResult(resultOfPickle(readPickle(readResult(message)))));
        } catch (error) {
          receiver.fail(RemoteError.from(error));
        }
      },
      fail: (error) => receiver.fail(error),
      get isSettled() {
        return receiver.isSettled ?? false;
      },
    });
  }

  #message({ fullName, signature, packed: codec }: RbcFunction, packed: Uint8Array): Uint8Array {
    const types = flattenedParameters(signature);
    const values = codec.unpackArguments(packed.slice());
    return callRequest(
      fullName,
      writePickle(values.map((value, index) => toPickledArgument(value, types[index]))),
    );
  }

  flush(): void {
    // Nothing is gathered: each request has been written.
  }

  async callStaged(): Promise<number> {
    throw new RemoteError('unsupported', "arrays can't be sent to RBC's server; it takes numbers and bools");
  }

  async map(command: MapCommand, options: MapOptions): Promise<Uint8Array> {
    const { timeoutMs, signal } = options;
    const deadline = performance.now() + timeoutMs;
    if (signal?.aborted) throw abortedError();
    const known = command.epoch === this.#epoch ? this.#functions.get(command.handle) : undefined;
    if (!known) throw new RemoteError('unknown-function', 'it was compiled on another server');
    const call = (packed: Uint8Array, ends: CallEnds): void => {
      const limits = { timeoutMs, remainingMs: Math.max(1, deadline - performance.now()), signal };
      this.call(
        command.handle,
        command.epoch,
        packed,
        new PendingCall(ends, limits, (stopped) => this.stop(stopped)),
      );
    };
    return mapByCalls(command, known, call, options);
  }

  async emit(): Promise<string> {
    throw new RemoteError(
      'unsupported',
      "RBC's server does not show what it makes of a function; foo.ir is what is sent to it",
    );
  }

  drop(epoch: number, handles: readonly number[]): void {
    // RBC's server forgets nothing; here there is nothing to ask it for any more.
    if (epoch === this.#epoch) for (const handle of handles) this.#functions.delete(handle);
  }

  async status(): Promise<ServerStatus> {
    const { host, port } = this.#location;
    const target = await this.target();
    return {
      address: { host, port },
      target,
      sessions: 0,
      workers: 0,
      uptimeMs: 0,
      supervisorPid: 0,
      workerPids: {},
    };
  }

  async cancel(): Promise<boolean> {
    const targets = [...(this.#connection?.inFlight ?? [])];
    for (const receiver of targets) this.stop(receiver);
    return targets.length > 0;
  }

  stop(receiver: Receiver): void {
    receiver.fail(
      new RemoteError('cancelled', "it was stopped here; RBC's server can't stop it and runs on"),
    );
    // What comes next must not wait for it.
    this.#connection?.retire();
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close(
      new RemoteError('connection-lost', "the client has left RBC's server during the call"),
    );
  }

  #request(message: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#send(message, { receive: (bytes) => resolve(bytes.slice()), fail: reject });
    });
  }

  #send(message: Uint8Array, receiver: Receiver): void {
    if (this.#connection?.isUsable) {
      this.#connection.send(message, receiver);
      return;
    }
    this.#open().then(
      (connection) => {
        // It may have been stopped meanwhile.
        if (receiver.isSettled !== true) connection.send(message, receiver);
      },
      (error: unknown) => receiver.fail(RemoteError.from(error)),
    );
  }

  #open(): Promise<RbcConnection> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<RbcConnection> {
    const connection = await RbcConnection.open(this.#location, () => this.#listener.afterReplies());
    if (this.#isClosed) {
      const error = new RemoteError('cancelled', 'the client is closed');
      connection.close(error);
      throw error;
    }
    this.#connection = connection;
    return connection;
  }
}
