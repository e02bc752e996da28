/** The names of Service ports, as kube-proxy writes them (k/k pkg/proxy/types.go, `ServicePortName`). */

/** A Service port by name; `portName` is empty for an unnamed one. */
export interface PortName {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
}

/** `default/web:http`, `default/web` for an unnamed port: since 1.19. */
export function servicePortName(namespace: string, service: string, port: string): string {
  return port === '' ? `${namespace}/${service}` : `${namespace}/${service}:${port}`;
}

/** `default/web:http` → its parts; null for what is no such name. */
export function splitPortName(name: string): PortName | null {
  const slash = name.indexOf('/');
  if (slash <= 0 || slash === name.length - 1 || name.includes(' ')) return null;
  const colon = name.indexOf(':', slash);
  const service = colon < 0 ? name.slice(slash + 1) : name.slice(slash + 1, colon);
  if (service === '' || service.includes('/')) return null;
  return {
    namespace: name.slice(0, slash),
    service,
    portName: colon < 0 ? '' : name.slice(colon + 1),
  };
}
