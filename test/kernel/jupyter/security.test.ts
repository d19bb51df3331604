import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel } from '../../support/kernel-in-test.ts';

const test = suite('signatures');

onKernel(test, 'a message with a wrong signature is ignored', async (frontEnd, { log }) => {
  const header = {
    msg_id: 'evil',
    session: 's',
    msg_type: 'execute_request',
    username: '',
    date: '',
    version: '5.3',
  };
  const parts = [header, {}, {}, { code: 'stdout evil' }].map((part) => JSON.stringify(part));
  const [delimiter = '', signature = ''] = frontEnd.signed(parts);
  const forged = signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await frontEnd.sendFrames('shell', [delimiter, forged, ...parts]);
  await frontEnd.sendFrames('shell', [delimiter, '', ...parts]);
  await frontEnd.sendFrames('shell', ['nonsense']);
  await frontEnd.ask('shell', 'kernel_info_request');
  assert.equal(log, [
    'ignored a message on shell: the signature does not belong to this message and key',
    'ignored a message on shell: the message is not signed; expected an HMAC of the key',
    'ignored a message on shell: no <IDS|MSG> delimiter in a message of 2 frames',
  ]);
});

onKernel(test, 'a message that is sent again is ignored', async (frontEnd, { log }) => {
  const header = {
    msg_id: 'm',
    session: 's',
    msg_type: 'kernel_info_request',
    username: '',
    date: '',
    version: '5.3',
  };
  const frames = frontEnd.signed([header, {}, {}, {}].map((part) => JSON.stringify(part)));
  await frontEnd.sendFrames('shell', frames);
  await frontEnd.sendFrames('shell', frames);
  await frontEnd.busy('m');
  await frontEnd.reply('shell', 'kernel_info_reply', 'm');
  await frontEnd.idle('m');
  await frontEnd.ask('shell', 'kernel_info_request');
  assert.equal(log, ['ignored a message on shell: a message with this signature was received before']);
});

test.run();
