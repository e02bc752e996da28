/** A bridge of pods that does not hand a frame back by the port that it came in by: pods do not reach themselves through Services (k/k #20475). */
import { numberSysctl } from '../../../kernel/node/sysctls.ts';
import type { NodeInterface } from '../../../kernel/node/node.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { either, plural } from '../../narrative/words.ts';
import type { Finding } from '../finding.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** Bridges of other programs: no endpoint of a Service is behind them. */
const NOT_OF_PODS = /^(?:docker\d+|br-[\da-f]{12}|virbr\d+|docker_gwbridge|lxdbr\d+)$/;

/** One for each bridge. It stands in no rule, but in `bridge-link.txt`. */
export function hairpinOff(subject: RulesSubject): readonly Finding[] {
  const { node, sources } = subject.parts;
  // A bridge is one for both families.
  if (subject.family === 6 && sources.followed(4) !== null) return [];
  if (subject.rules('nat', 'KUBE-SERVICES').length === 0 || !filtersBridges(subject)) return [];
  return [...groupBy(node.bridgePorts ?? [], ({ bridge }) => bridge)].flatMap(([bridge, ports]) => {
    const off = ports.filter(({ hairpin }) => !hairpin);
    const isPromiscuous = node.interfaces?.get(bridge)?.flags.includes('PROMISC') === true;
    if (
      off.length === 0 ||
      isPromiscuous ||
      NOT_OF_PODS.test(bridge) ||
      !mayHavePods(node.interfaces?.get(bridge), subject)
    )
      return [];
    const names = off.slice(0, MOST_NAMED).map(({ name }) => name);
    const which =
      off.length === ports.length
        ? `all of its ${plural(ports.length, 'port')}`
        : `${off.length} of its ${plural(ports.length, 'port')}`;
    return [
      ruleFinding({
        code: 'hairpin-off',
        at: null,
        message: `The bridge ${bridge} has hairpin mode off at ${which} (${either(names, 'and')}${off.length > MOST_NAMED ? ' …' : ''}; bridge-link.txt): a pod behind such a port that connects to its own Service and is balanced to itself gets no answer; such connections hang now and then. Set "hairpinMode": true in the configuration of the bridge plugin, and for what runs already "bridge link set dev ${names[0] ?? ''} hairpin on".`,
        assumes:
          numberSysctl(node, sysctlOf(subject)) === null
            ? `net.bridge.${nameOf(subject)} is on, as Kubernetes wants it`
            : null,
      }),
    ];
  });
}

const MOST_NAMED = 3;

function nameOf({ family }: RulesSubject): string {
  return family === 4 ? 'bridge-nf-call-iptables' : 'bridge-nf-call-ip6tables';
}

function sysctlOf(subject: RulesSubject): string {
  return `net.bridge.${nameOf(subject)}`;
}

/** Without it the node routes the packet, and sends it as one of its own. */
function filtersBridges(subject: RulesSubject): boolean {
  const { node } = subject.parts;
  const value = numberSysctl(node, sysctlOf(subject));
  return value === null ? node.sysctls === null : value !== 0;
}

/** A bridge without an address of the family is no gateway of pods. */
function mayHavePods(bridge: NodeInterface | undefined, { family }: RulesSubject): boolean {
  if (bridge === undefined) return family === 4;
  return bridge.addresses.some(({ address, scope }) => address.family === family && scope !== 'link');
}
