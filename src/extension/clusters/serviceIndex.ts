/** The Services of an open context, as far as rows need them. */
import type { ObjectChanges } from '../../kubernetes/objectChanges.ts';
import { isRecord, type JsonRecord } from '../../text/json.ts';

/** What a Service's row says. */
export interface ServiceSummary {
  readonly namespace: string;
  readonly name: string;
  /** `ClusterIP` … */
  readonly type: string;
  /** `80/TCP, 443/TCP` */
  readonly ports: string;
}

/** Services by namespace and name, kept up to date by `ObjectChanges`. */
export class ServiceIndex {
  /** Namespace → name → Service. */
  readonly #services = new Map<string, Map<string, ServiceSummary>>();

  get count(): number {
    let count = 0;
    for (const services of this.#services.values()) count += services.size;
    return count;
  }

  /** Sorted, each with how many Services it has. */
  get namespaces(): readonly { readonly name: string; readonly count: number }[] {
    const counted = Array.from(this.#services, ([name, { size }]) => ({ name, count: size }));
    return counted.sort((a, b) => order(a.name, b.name));
  }

  countOf(namespace: string): number {
    return this.#services.get(namespace)?.size ?? 0;
  }

  /** Null for one that the cluster does not have. */
  get(namespace: string, name: string): ServiceSummary | null {
    return this.#services.get(namespace)?.get(name) ?? null;
  }

  /** Sorted by name. */
  of(namespace: string): readonly ServiceSummary[] {
    const services = this.#services.get(namespace);
    return services === undefined ? [] : [...services.values()].sort((a, b) => order(a.name, b.name));
  }

  /** Whether any Service came, went or changed. */
  apply({ replaced, changes }: ObjectChanges): boolean {
    const all = replaced.includes('services');
    if (all) this.#services.clear();
    const services = changes.filter(({ resource }) => resource === 'services');
    for (const { key, object } of services) this.#set(key, object);
    return all || services.length > 0;
  }

  #set(key: string, object: JsonRecord | null): void {
    const slash = key.indexOf('/');
    const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const services = this.#services.get(namespace) ?? new Map<string, ServiceSummary>();
    if (object === null) services.delete(name);
    else services.set(name, { namespace, name, ...described(object) });
    if (services.size === 0) this.#services.delete(namespace);
    else this.#services.set(namespace, services);
  }
}

function described({ spec }: JsonRecord): { readonly type: string; readonly ports: string } {
  if (!isRecord(spec)) return { type: '', ports: '' };
  const type = spec['clusterIP'] === 'None' ? 'headless' : (text(spec['type']) ?? 'ClusterIP');
  const ports = Array.isArray(spec['ports']) ? spec['ports'].filter(isRecord) : [];
  const words = ports.map((port) => `${String(port['port'])}/${text(port['protocol']) ?? 'TCP'}`);
  return { type, ports: words.length > 3 ? `${words.slice(0, 3).join(', ')} …` : words.join(', ') };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
