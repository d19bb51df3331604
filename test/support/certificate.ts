import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** X.509 for tests: Node can read certificates but not make them. */

const tag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  utf8: 12,
  time: 23,
  sequence: 48,
  set: 49,
};

function der(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.byteLength;
  const prefix = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([type, ...prefix]), body]);
}

const hex = (text: string) => Buffer.from(text, 'hex');
const sequence = (...parts: readonly Uint8Array[]) => der(tag.sequence, ...parts);
const commonName = der(tag.oid, hex('550403'));
const subjectAlternativeName = der(tag.oid, hex('551d11'));
const ecdsaWithSha256 = sequence(der(tag.oid, hex('2a8648ce3d040302')));

/** A certificate for an IPv4 address, signed by its own key, and that key; both in PEM. */
export function selfSignedCertificate(ip = '127.0.0.1'): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = sequence(der(tag.set, sequence(commonName, der(tag.utf8, Buffer.from('rjit test')))));
  const validity = sequence(
    der(tag.time, Buffer.from('200101000000Z')),
    der(tag.time, Buffer.from('490101000000Z')),
  );
  // GeneralName 7 is an IP address.
  const address = der(tag.octetString, sequence(der(0x87, Uint8Array.from(ip.split('.'), Number))));
  const extensions = der(0xa3, sequence(sequence(subjectAlternativeName, address)));
  const version3 = der(0xa0, der(tag.integer, hex('02')));
  const serial = der(tag.integer, hex('01'));
  const body = sequence(version3, serial, ecdsaWithSha256, name, validity, name, publicKey, extensions);
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  const certificate = sequence(
    body,
    ecdsaWithSha256,
    der(tag.bitString, Buffer.concat([hex('00'), signature])),
  );
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: privateKey };
}
