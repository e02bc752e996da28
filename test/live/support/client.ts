/** A small client of the API server for the tests themselves: what changes the cluster that the product only reads. */
import { Agent, request } from 'node:https';
import type { JsonRecord } from '../../../src/text/json.ts';
import { isRecord } from '../../../src/text/json.ts';

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** PEM */
  readonly authority: string;
}

/** An object to create or apply: `apiVersion`, `kind`, `metadata` and the rest. */
export type Manifest = Readonly<Record<string, unknown>>;

/** Plural names, and which of the kinds live in no namespace. */
const resources: Readonly<Record<string, string>> = {
  EndpointSlice: 'endpointslices',
  NetworkPolicy: 'networkpolicies',
  Endpoints: 'endpoints',
};
const clusterWide = new Set(['Namespace', 'Node', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume']);

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class Client {
  readonly #options: ClientOptions;
  readonly #agent: Agent;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 32, ca: options.authority });
  }

  /** The parsed answer; rejects with an `ApiError` on a status from 400 on. */
  request(method: string, path: string, body?: unknown, type = 'application/json'): Promise<JsonRecord> {
    const { host, port, token } = this.#options;
    const text = body === undefined ? null : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host,
          port,
          path,
          method,
          agent: this.#agent,
          timeout: 30_000,
          headers: headersOf(token, text, type),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const said = Buffer.concat(chunks).toString();
            const status = answer.statusCode ?? 0;
            if (status >= 400) reject(new ApiError(status, `${method} ${path}: ${status} ${said}`));
            else resolve(readAnswer(said));
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(text ?? undefined);
    });
  }

  get(path: string): Promise<JsonRecord> {
    return this.request('GET', path);
  }

  create(manifest: Manifest): Promise<JsonRecord> {
    return this.request('POST', collectionOf(manifest), manifest);
  }

  /** Server-side apply: creates it or makes it so. */
  apply(manifest: Manifest): Promise<JsonRecord> {
    const path = `${pathOf(manifest)}?fieldManager=test&force=true`;
    return this.request('PATCH', path, manifest, 'application/apply-patch+yaml');
  }

  /** A JSON merge patch; `subresource` such as `status`. */
  patch(manifest: Manifest, change: Manifest, subresource = ''): Promise<JsonRecord> {
    const path = pathOf(manifest) + (subresource === '' ? '' : `/${subresource}`);
    return this.request('PATCH', path, change, 'application/merge-patch+json');
  }

  delete(manifest: Manifest): Promise<JsonRecord> {
    return this.request('DELETE', pathOf(manifest));
  }

  scale(namespace: string, deployment: string, replicas: number): Promise<JsonRecord> {
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: deployment } };
    return this.patch(manifest, { spec: { replicas } });
  }

  /** The items of a list, such as `/api/v1/nodes`. */
  async list(path: string): Promise<readonly JsonRecord[]> {
    const { items } = await this.get(path);
    return Array.isArray(items) ? items.filter(isRecord) : [];
  }

  close(): void {
    this.#agent.destroy();
  }
}

function headersOf(token: string, text: string | null, type: string): Record<string, string | number> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (text === null) return headers;
  return { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(text) };
}

function readAnswer(text: string): JsonRecord {
  if (!text.startsWith('{')) return { text };
  const parsed: unknown = JSON.parse(text);
  return isRecord(parsed) ? parsed : { text };
}

/** `{apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'a'}}` → `/api/v1/namespaces/a/services` */
function collectionOf(manifest: Manifest): string {
  const version = String(manifest['apiVersion']);
  const kind = String(manifest['kind']);
  const group = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const plural = resources[kind] ?? `${kind.toLowerCase()}s`;
  const namespace = clusterWide.has(kind)
    ? ''
    : `/namespaces/${encodeURIComponent(textIn(manifest, 'namespace') ?? 'default')}`;
  return `${group}${namespace}/${plural}`;
}

/** The path of the object that a manifest names. */
export function pathOf(manifest: Manifest): string {
  return `${collectionOf(manifest)}/${encodeURIComponent(textIn(manifest, 'name') ?? '')}`;
}

function textIn(manifest: Manifest, field: 'name' | 'namespace'): string | null {
  const { metadata } = manifest;
  const value = isRecord(metadata) ? metadata[field] : null;
  return typeof value === 'string' ? value : null;
}
