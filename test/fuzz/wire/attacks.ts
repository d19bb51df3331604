import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { MessageStream } from '../../../backend/contract/message-stream.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import {
  attachMessage,
  attachReplyByteLength,
  callMessage,
  callReplyByteLength,
  resultOfReply,
} from '../../support/wire-messages.ts';
import { hostilePickle } from './fuzz-pickles.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { firstMessages, rbcCall, rbcMessages, requests } from './real-messages.ts';

/** What an attack has at hand. */
export interface Arena {
  readonly port: number;
  /** The session that is attacked. What it has compiled may get lost: it is its client's to drop. */
  readonly session: string;
  /** The handle of an int64(int64, int64) addition in it. */
  readonly handle: number;
  /** Another session, to which nothing may happen. */
  readonly other: { readonly session: string; readonly handle: number };
  readonly random: () => number;
  /** Connections that are left open for the server to close. */
  readonly abandoned: Set<Socket>;
}

export interface Attack {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /** Resolves to how many inputs the server got. @throws when the server didn't do what it should */
  run(arena: Arena): Promise<number>;
}

const BATCH = 64;
/** How long to let the server deal with what needs no reply. */
const LINGER_MS = 2;
const MAX_ABANDONED = 128;
const MAX_REPLY_BYTES = 1 << 20;

export const attacks: readonly Attack[] = [
  { name: 'hostile pickles in whole messages', weight: 8, run: sendPickles },
  { name: 'first messages with changed bytes', weight: 30, run: sendFirstMessage },
  { name: 'requests of a session with changed bytes', weight: 30, run: sendRequests },
  { name: "messages of RBC's client with changed bytes", weight: 20, run: sendRbcMessages },
  { name: 'messages that come byte by byte', weight: 1, run: sendSlowly },
  { name: 'messages that never end', weight: 4, run: leaveOpen },
];

/** Each is answered, with an exception as a rule, and the connection goes on. */
async function sendPickles({ port, random }: Arena): Promise<number> {
  const connection = new RawConnection(port);
  const replies = new MessageStream(MAX_REPLY_BYTES);
  const messages = Array.from({ length: BATCH }, () => rbcCall(hostilePickle(random)));
  await connection.send(Buffer.concat(messages));
  for (let answered = 0; answered < BATCH; ) {
    replies.push(await connection.take(await connection.arrived()));
    while (replies.next()) answered += 1;
  }
  connection.close();
  return BATCH;
}

async function sendFirstMessage({ port, session, random }: Arena): Promise<number> {
  return sendAndClose(port, [mutateBytes(oneOf(firstMessages(session), random), random)]);
}

/** The first one that is no message ends the connection, so one good one goes before and few behind. */
async function sendRequests({ port, session, handle, random }: Arena): Promise<number> {
  const damaged = Array.from({ length: 3 }, () => mutateBytes(oneOf(requests(handle), random), random));
  return sendAndClose(
    port,
    [attachMessage(session), callMessage(handle, 1n, 2n), ...damaged],
    damaged.length,
  );
}

async function sendRbcMessages({ port, random }: Arena): Promise<number> {
  return sendAndClose(
    port,
    Array.from({ length: 3 }, () => mutateBytes(oneOf(rbcMessages, random), random)),
  );
}

async function sendAndClose(
  port: number,
  messages: readonly Buffer[],
  count = messages.length,
): Promise<number> {
  const connection = new RawConnection(port);
  await connection.send(Buffer.concat(messages));
  await delay(LINGER_MS);
  connection.close();
  return count;
}

/** Slow is not wrong: the answer must be right. */
async function sendSlowly({ port, other: { session, handle }, random }: Arena): Promise<number> {
  const connection = new RawConnection(port);
  const bytes = Buffer.concat([attachMessage(session), callMessage(handle, 20n, 3n)]);
  for (let at = 0; at < bytes.byteLength; ) {
    const size = 1 + Math.floor(random() * 6);
    await connection.send(bytes.subarray(at, at + size));
    at += size;
  }
  await connection.take(attachReplyByteLength);
  const sum = resultOfReply(await connection.take(callReplyByteLength));
  connection.close();
  if (sum !== 23n) throw new Error(`a slow call of 20 + 3 was answered with ${sum}`);
  return 1;
}

/** Part of a message, and then nothing: closing the connection is up to the server. (After a whole one it may wait.) */
async function leaveOpen({ port, session, handle, random, abandoned }: Arena): Promise<number> {
  if (abandoned.size >= MAX_ABANDONED) return 0;
  const connection = new RawConnection(port);
  const attach = attachMessage(session);
  const whole = Buffer.concat([attach, callMessage(handle, 1n, 2n)]);
  const length = 1 + Math.floor(random() * (whole.byteLength - 2));
  abandoned.add(connection.socket);
  connection.socket.once('close', () => abandoned.delete(connection.socket));
  await connection.send(whole.subarray(0, length === attach.byteLength ? length + 1 : length));
  return 1;
}

function oneOf<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
