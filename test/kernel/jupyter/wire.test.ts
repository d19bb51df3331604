import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MessageError } from '../../../kernel/jupyter/messages.ts';
import { MessageSigner, requireScheme, SignatureError } from '../../../kernel/jupyter/signing.ts';
import { decodeMessage, encodeMessage } from '../../../kernel/jupyter/wire.ts';
import {
  commMessage,
  executeMessage,
  type RecordedMessage,
  replyMessage,
  sha3Message,
  unsignedMessage,
} from './recorded-messages.ts';

const decoding = suite('decoding');
const encoding = suite('encoding');
const signing = suite('signing');

function decode({ key, signatureScheme, frames }: RecordedMessage) {
  return decodeMessage(frames, new MessageSigner(key, signatureScheme));
}

function changed(message: RecordedMessage, index: number, frame: Uint8Array): RecordedMessage {
  return { ...message, frames: message.frames.map((bytes, at) => (at === index ? frame : bytes)) };
}

decoding('reads an execute request of jupyter_client', () => {
  const message = decode(executeMessage);
  assert.is(message.header.messageType, 'execute_request');
  assert.is(message.header.messageId, 'execute-1');
  assert.is(message.header.username, 'ada');
  assert.is(message.content.code, 'print("héllo 😀")\n1 + 1');
  assert.equal(message.content.user_expressions, { x: '1' });
  assert.equal(message.metadata, { cellId: 'c1' });
  assert.equal(message.parentHeader, {});
  assert.equal(message.identities.map(String), ['client-1']);
});

decoding('keeps all routing ids and the parent of a reply', () => {
  const message = decode(replyMessage);
  assert.equal(
    message.identities.map((identity) => Buffer.from(identity).toString('hex')),
    ['0001ff', Buffer.from('client-1').toString('hex')],
  );
  assert.is(message.parentHeader.msg_id, 'execute-1');
});

decoding('keeps buffers, even one that holds the delimiter', () => {
  const message = decode(commMessage);
  assert.equal(
    message.buffers.map((buffer) => Buffer.from(buffer).toString('latin1')),
    ['\x00\x01\x02<IDS|MSG>', ''],
  );
});

decoding('accepts any hash that the scheme names', () => {
  assert.is(decode(sha3Message).header.messageId, 'sha3-1');
  assert.throws(() => decode({ ...sha3Message, signatureScheme: 'hmac-sha256' }), isSignatureError);
});

decoding('accepts unsigned messages without a key, and only then', () => {
  assert.is(decode(unsignedMessage).header.messageId, 'unsigned-1');
  assert.throws(() => decode({ ...unsignedMessage, key: 'secret' }), isSignatureError);
});

decoding('refuses a change in each of the four signed frames and in the signature', () => {
  const firstFrame = executeMessage.frames.findIndex((frame) => String(frame) === '<IDS|MSG>') + 1;
  for (let index = firstFrame; index < firstFrame + 5; index++) {
    const frame = Buffer.from(executeMessage.frames[index] ?? []);
    frame.writeUInt8(frame.readUInt8(frame.length - 1) ^ 1, frame.length - 1);
    assert.throws(() => decode(changed(executeMessage, index, frame)), isSignatureError, `frame ${index}`);
  }
});

decoding('lets buffers change: the signature does not cover them', () => {
  const last = commMessage.frames.length - 1;
  const message = decode(changed(commMessage, last, Buffer.from('other')));
  assert.is(Buffer.from(message.buffers[1] ?? []).toString(), 'other');
});

decoding('refuses a message that was received before', () => {
  const signer = new MessageSigner(executeMessage.key, executeMessage.signatureScheme);
  decodeMessage(executeMessage.frames, signer);
  assert.throws(() => decodeMessage(executeMessage.frames, signer), /received before/);
  decodeMessage(replyMessage.frames, signer);
});

decoding('says what is missing in a message that is none', () => {
  const signer = new MessageSigner('');
  const frames = (...texts: string[]) => texts.map((text) => Buffer.from(text));
  const fails = (message: RegExp, ...texts: string[]) =>
    assert.throws(
      () => decodeMessage(frames(...texts), signer),
      (error: unknown) => error instanceof MessageError && message.test(error.message),
    );
  fails(/no <IDS\|MSG> delimiter in a message of 2 frames/, 'a', 'b');
  fails(/4 frames after <IDS\|MSG>; expected at least 5/, '<IDS|MSG>', '', '{}', '{}', '{}');
  fails(/header is not JSON/, '<IDS|MSG>', '', '{', '{}', '{}', '{}');
  fails(/header is an array; expected an object/, '<IDS|MSG>', '', '[]', '{}', '{}', '{}');
  fails(/header\.msg_id is missing; expected a string/, '<IDS|MSG>', '', '{}', '{}', '{}', '{}');
  const header = '{"msg_id":"1","msg_type":"x","session":"s"}';
  fails(/content is the string "x"; expected an object/, '<IDS|MSG>', '', header, '{}', '{}', '"x"');
});

encoding('makes the frames that jupyter_client makes, signature included', () => {
  for (const recorded of [executeMessage, replyMessage, commMessage, sha3Message, unsignedMessage]) {
    const delimiter = recorded.frames.findIndex((frame) => String(frame) === '<IDS|MSG>');
    const [header, parent, metadata, content, ...buffers] = recorded.frames.slice(delimiter + 2);
    const frames = encodeMessage(
      {
        identities: recorded.frames.slice(0, delimiter),
        headerJson: String(header),
        parentHeaderJson: String(parent),
        metadataJson: String(metadata),
        contentJson: String(content),
        buffers,
      },
      new MessageSigner(recorded.key, recorded.signatureScheme),
    );
    assert.equal(
      frames.map((frame) => Buffer.from(frame).toString('hex')),
      recorded.frames.map((frame) => Buffer.from(frame).toString('hex')),
    );
  }
});

signing('names the scheme that it does not know', () => {
  assert.throws(() => requireScheme('hmac-nonsense'), /signature_scheme is "hmac-nonsense"; expected hmac-/);
  assert.throws(() => requireScheme('sha256'), /signature_scheme is "sha256"/);
  assert.is(requireScheme('hmac-sha512'), 'sha512');
});

signing('forgets the oldest signatures, not the newest', () => {
  const signer = new MessageSigner('key');
  const framesOf = (index: number) => [String(index), '', '', ''] as const;
  const count = 2 ** 16 + 1;
  for (let index = 0; index < count; index++) signer.verify(signer.sign(framesOf(index)), framesOf(index));
  assert.throws(() => signer.verify(signer.sign(framesOf(count - 1)), framesOf(count - 1)), isSignatureError);
  signer.verify(signer.sign(framesOf(0)), framesOf(0));
});

function isSignatureError(error: unknown): boolean {
  return error instanceof SignatureError;
}

decoding.run();
encoding.run();
signing.run();
