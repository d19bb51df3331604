#!/usr/bin/env node
import { X509Certificate } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemoteError } from './contract/remote-error.ts';
import { bindAddress, checkBindPolicy } from './service/bind-policy.ts';
import { CountingLog } from './service/count-events.ts';
import { EndpointFile } from './service/endpoint-file.ts';
import { limitLog } from './service/limited-log.ts';
import { createLog, type Log } from './service/log.ts';
import { MetricsServer } from './service/metrics.ts';
import { objectCacheFolder } from './service/object-cache-folder.ts';
import { parseServeOptions, type ServeOptions, serveUsage } from './service/serve-options.ts';
import { Supervisor } from './service/supervisor.ts';
import { readTlsFiles, type TlsFiles } from './service/tls-files.ts';
import { createToken, readTokenFile, TokenCheck } from './service/token.ts';
import { identityOf } from './service/worker-identity.ts';

const exitCode = { ended: 0, failed: 1, usage: 2 } as const;

/**
 * `rjit serve`: resolves when the server has ended, to the exit status: 0 after a signal or the end of the lifeline,
 * 1 when it could not start or go on, 2 for wrong options.
 */
export async function serve(argv: readonly string[]): Promise<number> {
  let options: ServeOptions | undefined;
  try {
    options = parseServeOptions(argv);
  } catch (error) {
    process.stderr.write(`rjit serve: ${RemoteError.from(error).detail}\n\n${serveUsage}`);
    return exitCode.usage;
  }
  if (options === undefined) {
    process.stdout.write(serveUsage);
    return exitCode.ended;
  }
  return run(options);
}

async function run(options: ServeOptions): Promise<number> {
  // A reader of our log that has gone must not end the server.
  process.stderr.on('error', () => undefined);
  const counting = new CountingLog(
    limitLog(createLog(options.logFormat, (line) => process.stderr.write(line))),
  );
  const { log } = counting;
  const endpointFile =
    options.endpointFile === undefined ? undefined : new EndpointFile(options.endpointFile);
  const removeEndpointFile = () => endpointFile?.remove();
  process.once('exit', removeEndpointFile);
  let supervisor: Supervisor | undefined;
  let metrics: MetricsServer | undefined;
  try {
    const token = chooseToken(options);
    const tls = chooseTls(options);
    supervisor = createSupervisor(options, token, tls, log);
    const host = bindAddress(options.host);
    const port = await supervisor.listen();
    metrics = await startMetrics(options, supervisor, counting);
    endpointFile?.write({
      host,
      port,
      pid: process.pid,
      ...(options.generateToken && token ? { token } : {}),
      ...(tls ? { fingerprint: new X509Certificate(tls.cert).fingerprint256 } : {}),
    });
    log('info', 'listening', `listening on ${host}:${port}`, { pid: process.pid });
    await endOf(supervisor, options, log);
    return exitCode.ended;
  } catch (error) {
    const failure = RemoteError.from(error, 'unsupported');
    log('error', failure.code, failure.detail);
    await supervisor?.stop(0);
    reportFailure(endpointFile, failure, log);
    return exitCode.failed;
  } finally {
    metrics?.close();
    removeEndpointFile();
    process.off('exit', removeEndpointFile);
  }
}

function chooseToken({ tokenFile, generateToken }: ServeOptions): string | undefined {
  if (tokenFile !== undefined) return readTokenFile(tokenFile);
  return generateToken ? createToken() : undefined;
}

function chooseTls({ tlsCertificateFile, tlsKeyFile }: ServeOptions): TlsFiles | undefined {
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined;
  return readTlsFiles(tlsCertificateFile, tlsKeyFile);
}

function createSupervisor(
  options: ServeOptions,
  token: string | undefined,
  tls: TlsFiles | undefined,
  log: Log,
): Supervisor {
  const address = bindAddress(options.host);
  const hasToken = token !== undefined;
  checkBindPolicy(address, { hasToken, hasTls: tls !== undefined, isInsecure: options.insecure });
  const identity = options.user === undefined ? undefined : identityOf(options.user);
  return new Supervisor({
    address,
    port: options.port,
    limits: options.limits,
    tokens: new TokenCheck(token),
    servesRbc: options.servesRbc,
    tls,
    identity,
    objectCacheFolder: options.usesObjectCache
      ? objectCacheFolder(options.objectCacheFolder, identity)
      : undefined,
    log,
  });
}

async function startMetrics(
  { metricsPort }: ServeOptions,
  supervisor: Supervisor,
  counting: CountingLog,
): Promise<MetricsServer | undefined> {
  if (metricsPort === undefined) return undefined;
  const metrics = new MetricsServer(() => [...supervisor.metrics(), ...counting.metrics()]);
  const port = await metrics.listen(metricsPort);
  counting.log('info', 'metrics', `metrics at http://127.0.0.1:${port}/metrics`);
  return metrics;
}

/** Resolves when the server was told to end and has; rejects when no worker can be started at all. */
async function endOf(supervisor: Supervisor, options: ServeOptions, log: Log): Promise<void> {
  const ending = new AbortController();
  const told = new Promise<void>((resolve, reject) => {
    let isEnding = false;
    const end = (why: string, graceMs: number) => {
      isEnding = true;
      log('info', 'ending', why);
      // A second order is obeyed at once: stop() then waits for nobody.
      supervisor.stop(graceMs).then(resolve, reject);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const onSignal = () => end(signal, options.drainMs);
      process.on(signal, onSignal);
      ending.signal.addEventListener('abort', () => process.off(signal, onSignal));
    }
    if (options.lifeline) {
      process.stdin.once('close', () => end('the lifeline closed', 0));
      process.stdin.on('error', () => undefined);
      process.stdin.resume();
    }
    supervisor.prepare().catch((error: unknown) => {
      if (!isEnding) reject(error);
    });
  });
  try {
    await told;
  } finally {
    ending.abort();
    if (options.lifeline) process.stdin.destroy();
  }
}

function reportFailure(endpointFile: EndpointFile | undefined, failure: RemoteError, log: Log): void {
  try {
    endpointFile?.write({ error: { code: failure.code, message: failure.detail } });
  } catch (error) {
    log('error', 'endpoint-file', RemoteError.from(error).detail);
  }
}

const invoked = process.argv[1];
if (invoked !== undefined && realpathSync(invoked) === fileURLToPath(import.meta.url)) {
  process.exitCode = await serve(process.argv.slice(2));
}
