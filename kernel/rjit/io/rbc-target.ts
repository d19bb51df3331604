import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { ServerTarget } from './requests.ts';

/** What RBC's server says of its processor. @throws RemoteError `protocol` for anything else */
export function parseRbcTarget(targets: ReadonlyMap<string, string>): ServerTarget {
  const text = targets.get('cpu');
  const info = text === undefined ? undefined : infoOf(text);
  if (!info || typeof info.triple !== 'string') {
    throw new RemoteError(
      'protocol',
      `RBC's server describes its devices as ${JSON.stringify([...targets].slice(0, 2)).slice(0, 200)}; ` +
        'expected a device cpu with info.triple',
    );
  }
  const version = typeof info.llvm_version === 'string' ? Number.parseInt(info.llvm_version, 10) : 0;
  return {
    triple: info.triple,
    // Absent means the target machine's own.
    dataLayout: typeof info.datalayout === 'string' ? info.datalayout : '',
    cpu: typeof info.name === 'string' ? info.name : '',
    features: typeof info.features === 'string' ? info.features : '',
    llvmMajor: Number.isNaN(version) ? 0 : version,
    serverVersion: "RBC's",
  };
}

function infoOf(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return undefined;
    return isObject(parsed.info) ? parsed.info : undefined;
  } catch {
    // The caller shows what it found instead.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
