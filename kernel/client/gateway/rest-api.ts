/**
 * The part of Jupyter Server's REST API that concerns kernels.
 * https://jupyter-server.readthedocs.io/en/latest/developers/rest-api.html
 */
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { describeJson, isJsonObject, type JsonObject, type JsonValue } from '../../jupyter/messages.ts';
import type { Kernelspec } from '../kernelspecs.ts';
import type { GatewaySessions, SessionChange } from './gateway-sessions.ts';
import { HttpError } from './http-error.ts';

export interface RestRequest {
  readonly method: string;
  /** Decoded, without the base: `['api', 'kernels', …]`. */
  readonly segments: readonly string[];
  /** Undefined when there is none. */
  readonly body: JsonValue | undefined;
}

export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes go out as they are, all else as JSON. */
  readonly body?: JsonValue | Uint8Array;
}

export interface RestContext {
  readonly sessions: GatewaySessions;
  readonly kernelspecs: () => ReadonlyMap<string, Kernelspec>;
  readonly defaultKernel: string;
  readonly version: string;
  readonly started: Date;
}

type Handler = (
  parameters: readonly string[],
  request: RestRequest,
  context: RestContext,
) => Promise<RestResponse>;

interface Route {
  readonly method: string;
  /** `*` stands for a parameter. */
  readonly path: string;
  readonly handle: Handler;
}

const imageTypes: Readonly<Record<string, string>> = { '.png': 'image/png', '.svg': 'image/svg+xml' };

const routes: readonly Route[] = [
  route('GET', 'api', async (_, __, { version }) => ok({ version })),
  route('GET', 'api/status', async (_, __, context) => ok(statusModel(context))),
  route('GET', 'api/me', async () => ok({ identity: identity(), permissions: {} })),
  route('GET', 'api/kernelspecs', async (_, __, context) => ok(kernelspecsModel(context))),
  route('GET', 'api/kernelspecs/*', async ([name = ''], _, context) =>
    ok(kernelspecModel(kernelspecNamed(name, context))),
  ),
  route('GET', 'kernelspecs/*/*', async ([name = '', file = ''], _, context) =>
    resource(kernelspecNamed(name, context), file),
  ),
  route('GET', 'api/kernels', async (_, __, { sessions }) => ok(sessions.kernels.map(({ model }) => model))),
  route('POST', 'api/kernels', async (_, { body }, { sessions }) => {
    const fields = objectBody(body ?? {});
    const { model, id } = await sessions.startKernel(text(fields, 'name'), text(fields, 'path'));
    return { status: 201, headers: { location: `/api/kernels/${id}` }, body: model };
  }),
  route('GET', 'api/kernels/*', async ([id = ''], _, { sessions }) => ok(sessions.kernel(id).model)),
  route('DELETE', 'api/kernels/*', async ([id = ''], _, { sessions }) => {
    await sessions.shutdownKernel(id);
    return { status: 204 };
  }),
  route('POST', 'api/kernels/*/interrupt', async ([id = ''], _, { sessions }) => {
    await sessions.kernel(id).interrupt();
    return { status: 204 };
  }),
  route('POST', 'api/kernels/*/restart', async ([id = ''], _, { sessions }) => {
    const kernel = sessions.kernel(id);
    await kernel.restart();
    return ok(kernel.model);
  }),
  route('GET', 'api/sessions', async (_, __, { sessions }) => ok(sessions.sessions)),
  route('POST', 'api/sessions', async (_, { body }, { sessions }) => {
    const model = await sessions.startSession(sessionChange(body));
    return { status: 201, headers: { location: `/api/sessions/${String(model.id)}` }, body: model };
  }),
  route('GET', 'api/sessions/*', async ([id = ''], _, { sessions }) => ok(sessions.sessionModel(id))),
  route('PATCH', 'api/sessions/*', async ([id = ''], { body }, { sessions }) =>
    ok(await sessions.changeSession(id, sessionChange(body))),
  ),
  route('DELETE', 'api/sessions/*', async ([id = ''], _, { sessions }) => {
    await sessions.endSession(id);
    return { status: 204 };
  }),
];

function route(method: string, path: string, handle: Handler): Route {
  return { method, path, handle };
}

/** @throws {HttpError} @throws {KernelDiedError} @throws {KernelTimeoutError} */
export async function answerRequest(request: RestRequest, context: RestContext): Promise<RestResponse> {
  const found = routes.flatMap((candidate) => {
    const parameters = match(candidate.path.split('/'), request.segments);
    return parameters === undefined ? [] : [{ ...candidate, parameters }];
  });
  if (found.length === 0) throw new HttpError(404, `there is no /${request.segments.join('/')} here`);
  const chosen = found.find(({ method }) => method === request.method);
  if (chosen !== undefined) return chosen.handle(chosen.parameters, request, context);
  const allow = found.map(({ method }) => method).join(', ');
  return { status: 405, headers: { allow }, body: { message: `expected ${allow}; found ${request.method}` } };
}

function match(pattern: readonly string[], segments: readonly string[]): readonly string[] | undefined {
  if (pattern.length !== segments.length) return undefined;
  const isMatch = pattern.every((part, index) => part === '*' || part === segments[index]);
  return isMatch ? segments.filter((_, index) => pattern[index] === '*') : undefined;
}

function ok(body: JsonValue): RestResponse {
  return { status: 200, body };
}

function statusModel({ sessions, started }: RestContext): JsonObject {
  const models = sessions.kernels.map(({ model }) => model);
  const activities = models.map(({ last_activity: activity }) => String(activity));
  return {
    started: started.toISOString(),
    last_activity: activities.sort().at(-1) ?? started.toISOString(),
    connections: models.reduce((sum, { connections }) => sum + Number(connections), 0),
    kernels: models.length,
  };
}

function identity(): JsonObject {
  return {
    username: 'rjit',
    name: 'rjit',
    display_name: 'rjit',
    initials: 'R',
    avatar_url: null,
    color: null,
  };
}

function kernelspecsModel({ kernelspecs, defaultKernel }: RestContext): JsonObject {
  const specs = [...kernelspecs().values()].map((spec): [string, JsonObject] => [
    spec.name,
    kernelspecModel(spec),
  ]);
  return { default: defaultKernel, kernelspecs: Object.fromEntries(specs) };
}

function kernelspecNamed(name: string, { kernelspecs }: RestContext): Kernelspec {
  const spec = kernelspecs().get(name.toLowerCase());
  if (spec === undefined) throw new HttpError(404, `Kernel spec ${name} not found`);
  return spec;
}

function kernelspecModel(spec: Kernelspec): JsonObject {
  return {
    name: spec.name,
    spec: {
      argv: spec.argv,
      env: spec.env,
      display_name: spec.displayName,
      language: spec.language,
      interrupt_mode: spec.interruptMode,
      metadata: spec.metadata,
    },
    resources: {},
  };
}

function resource({ resourceDirectory, name }: Kernelspec, file: string): RestResponse {
  const type = imageTypes[extname(file)];
  // Only a name: no path leads out of the folder.
  if (type !== undefined && basename(file) === file) {
    try {
      const headers = { 'content-type': type };
      return { status: 200, headers, body: readFileSync(join(resourceDirectory, file)) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  throw new HttpError(404, `the kernelspec ${name} has no ${file}`);
}

function sessionChange(body: JsonValue | undefined): SessionChange {
  const fields = objectBody(body);
  const kernel = fields.kernel === undefined || fields.kernel === null ? {} : objectBody(fields.kernel);
  const change = {
    path: text(fields, 'path'),
    name: text(fields, 'name'),
    type: text(fields, 'type'),
    kernelName: text(kernel, 'name'),
    kernelId: text(kernel, 'id'),
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function objectBody(body: JsonValue | undefined): JsonObject {
  if (isJsonObject(body)) return body;
  throw new HttpError(400, `the body is ${describeJson(body)}; expected a JSON object`);
}

function text(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  throw new HttpError(400, `the field "${name}" is ${describeJson(value)}; expected a string`);
}
