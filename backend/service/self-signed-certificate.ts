import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { TlsFiles } from './tls-files.ts';

/** Node reads X.509 certificates but doesn't make them: this writes the one kind that a server needs (RFC 5280, DER). */

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
} as const;

const oid = {
  commonName: '550403',
  subjectAlternativeName: '551d11',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  serverAuthentication: '2b06010505070301',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

const DAY_MS = 86_400_000;

/**
 * A new key and a certificate for it that the key itself has signed (ECDSA with P-256), both in PEM. Clients trust it
 * as their authority, or by its fingerprint.
 *
 * @param names the host names and addresses of the server, at least one; the first also names the certificate
 */
export function selfSignedCertificate(names: readonly [string, ...string[]], validDays: number): TlsFiles {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const algorithm = sequence(identifier(oid.ecdsaWithSha256));
  // A common name has at most 64 characters; clients look at the alternative names.
  const commonName = der(tag.utf8, Buffer.from(names[0].slice(0, 64)));
  const name = sequence(der(tag.set, sequence(identifier(oid.commonName), commonName)));
  const body = sequence(
    der(tag.version, der(tag.integer, hex('02'))),
    serialNumber(),
    algorithm,
    name,
    validity(validDays),
    name,
    publicKey,
    extensions(names),
  );
  const signature = sign('sha256', body, createPrivateKey(privateKey));
  const certificate = sequence(body, algorithm, der(tag.bitString, hex('00'), signature));
  return { cert: pem(certificate), key: privateKey };
}

/** Positive and of 16 bytes: the first is neither zero nor has its sign bit set. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return der(tag.integer, bytes);
}

/** From yesterday on, for the clocks of others. */
function validity(days: number): Buffer {
  const now = Date.now();
  return sequence(time(new Date(now - DAY_MS)), time(new Date(now + days * DAY_MS)));
}

/** Years until 2049 have two digits, later ones four. */
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? der(tag.utcTime, Buffer.from(text.slice(2)))
    : der(tag.generalizedTime, Buffer.from(text));
}

/** It is no authority for others, signs handshakes only, and belongs to a server of these names. */
function extensions(names: readonly string[]): Buffer {
  const digitalSignature = der(tag.bitString, hex('0780'));
  return der(
    tag.extensions,
    sequence(
      extension(oid.basicConstraints, sequence(), true),
      extension(oid.keyUsage, digitalSignature, true),
      extension(oid.extendedKeyUsage, sequence(identifier(oid.serverAuthentication))),
      extension(oid.subjectAlternativeName, sequence(...names.map(alternativeName))),
    ),
  );
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  const critical = isCritical ? [der(tag.boolean, hex('ff'))] : [];
  return sequence(identifier(id), ...critical, der(tag.octetString, value));
}

function alternativeName(name: string): Buffer {
  switch (isIP(name)) {
    case 4:
      return der(tag.ipAddress, Uint8Array.from(name.split('.'), Number));
    case 6:
      return der(tag.ipAddress, ipv6Bytes(name));
    default:
      return der(tag.dnsName, Buffer.from(name, 'ascii'));
  }
}

/** 16 bytes; the address is a valid one without a zone. */
function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = withoutDottedEnd(address).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return hex([...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join(''));
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDottedEnd(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

/** One DER element. The length has as few bytes as it needs. */
function der(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.byteLength;
  const prefix = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([type, ...prefix]), body]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(tag.sequence, ...parts);
}

function identifier(id: string): Buffer {
  return der(tag.oid, hex(id));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
