import type { Context } from './context.ts';
import type { NamedService } from './narrative.ts';

/** An address of more Services is a node's: sentences do not list them. */
const MOST = 20;

/** The Services, and their ports, that have the address which the packet is sent to, whether or not a rule on its way is about them. */
export function namedServices(context: Context): readonly NamedService[] {
  const { catalog, flow } = context;
  const found = new Map<string, NamedService>();
  for (const { port, frontend } of catalog.frontendsAt(flow.to.address).slice(0, MOST)) {
    const location = port.nameSource === 'structure' ? null : context.locate(frontend.at);
    if (location === null) continue;
    const { namespace, service } = port;
    const names = [port.name, ...(namespace === null || service === null ? [] : [`${namespace}/${service}`])];
    for (const name of names) if (!found.has(name)) found.set(name, { name, location });
  }
  return [...found.values()];
}
