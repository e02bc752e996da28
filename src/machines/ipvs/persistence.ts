/** Which server a client is held to: ip_vs_core.c, ip_vs_sched_persist. */
import type { Packet } from '../../kernel/packet.ts';
import type { Run } from '../../kernel/run.ts';
import { isTemplate } from './connections.ts';
import type { Persistence, RealServer } from '../../rules/ipvs/nodes.ts';
import { type IpvsProgram, protocolOf, type Service } from './program.ts';
import { scheduled } from './schedulers.ts';
import { vsSysctl } from './sysctls.ts';

/** The templates of one run, by virtual server and client. They live as long as the connections that they made. */
class Templates {
  readonly made = new Map<string, RealServer>();
}

/** The server for a packet that begins a connection to a virtual server with persistence; null where none takes it. */
export function persistent(
  program: IpvsProgram,
  service: Service,
  persistence: Persistence,
  packet: Packet,
  run: Run,
): RealServer | null {
  const client = packet.source & persistence.mask;
  const key = `${service.name} ${client}`;
  const { made } = run.state(Templates);
  const known = made.get(key) ?? listedTemplate(program, service, client);
  if (known !== null && isValid(program, known)) return known;
  if (program.rules.connections === null) noteTemplates(service, run);
  const server = scheduled(program, service, packet, run);
  if (server !== null) made.set(key, server);
  return server;
}

/** ip_vs_check_template: one of weight 0 is left, where kube-proxy has set it so. */
function isValid({ node }: IpvsProgram, server: RealServer): boolean {
  return server.weight !== 0 || vsSysctl(node, 'expire_quiescent_template') !== 1;
}

function listedTemplate({ rules }: IpvsProgram, service: Service, client: bigint): RealServer | null {
  const { virtual } = service.server;
  const found = (rules.connections ?? []).find((listed) => {
    if (!isTemplate(listed) || listed.client.address.value !== client) return false;
    if (virtual.kind === 'mark') {
      return listed.protocol === 'ip' && listed.virtual.address.value === BigInt(virtual.mark);
    }
    return (
      listed.protocol !== 'ip' &&
      protocolOf(listed.protocol) === protocolOf(virtual.protocol) &&
      listed.virtual.address.value === virtual.address.value &&
      listed.virtual.port === virtual.port
    );
  });
  const address = found?.server.address.value;
  return service.server.servers.find((server) => server.address.value === address) ?? null;
}

function noteTemplates({ name }: Service, run: Run): void {
  const message = `IPVS is taken to hold this client to no server of ${name} yet: which clients it holds is not known (ipvsadm -Lnc tells).`;
  run.assume(`ipvs-template:${name}`, 'ipvs-template-unknown', message);
}
