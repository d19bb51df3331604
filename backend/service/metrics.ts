import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenError } from './listen-error.ts';

type MetricType = 'counter' | 'gauge';

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Prometheus' text format, version 0.0.4. */
export function formatMetrics(metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ labels = {}, value }) => `${name}${formatLabels(labels)} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Serves `GET /metrics`, on this machine only: there is no token here. */
export class MetricsServer {
  readonly #server: Server;

  constructor(collect: () => readonly Metric[]) {
    this.#server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics is served here\n');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(formatMetrics(collect()));
    });
  }

  /** Resolves with the bound port. @throws RemoteError `port-in-use` */
  listen(port: number): Promise<number> {
    const address = '127.0.0.1';
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, address, port, '--metrics-port')));
      this.#server.listen(port, address, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
