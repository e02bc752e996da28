/** Faults within the chains of one Service port. */
import type { Dump } from './dump.ts';
import type { Fault } from './fault.ts';
import type { RulesCode } from '../../../../../src/kubeproxy/findings/table.ts';
import { chainNaming, serviceOf, type ServiceLines } from './services.ts';

/** Made of a Service with `count` endpoints. */
function ofService(
  name: string,
  code: RulesCode,
  count: number,
  make: (dump: Dump, service: ServiceLines) => Dump | null,
  sticky = false,
): Fault {
  const find = (dump: Dump): ServiceLines | null => serviceOf(dump, count, sticky);
  return {
    name,
    codes: (dump) => [`${code} ${find(dump)?.name ?? ''}`],
    make: (dump) => {
      const service = find(dump);
      return service === null ? null : make(dump, service);
    },
  };
}

/** Made of the first chain that a pattern finds, which captures the chain and the Service port. */
function ofChain(
  name: string,
  code: RulesCode,
  pattern: RegExp,
  make: (dump: Dump, chain: string) => Dump | null,
): Fault {
  return {
    name,
    codes: (dump) => [`${code} ${chainNaming(dump, pattern)?.name ?? ''}`],
    make: (dump) => {
      const found = chainNaming(dump, pattern);
      return found === null ? null : make(dump, found.chain);
    },
  };
}

const of = (chain: string): RegExp => new RegExp(`^-A ${chain} `);

const MASQUERADED = /^-A (KUBE-EXT-\S+) .*masquerade traffic for (\S+) external/;
const RANGES = /^-A (KUBE-FW-\S+) -s .*--comment "(\S+) loadbalancer IP"/;

export const serviceFaults: readonly Fault[] = [
  ofService('an endpoint chain was emptied', 'rules-frozen', 3, (dump, { endpoints }) =>
    dump.without(of(endpoints[1] ?? '')),
  ),
  ofService('the chain of a Service was emptied', 'rules-frozen', 3, (dump, { suffix }) =>
    dump.without(of(`KUBE-SVC-${suffix}`)),
  ),
  ofService('an endpoint is not translated to', 'rules-frozen', 3, (dump, { endpoints }) =>
    dump.without(new RegExp(`^-A ${endpoints[0] ?? ''} .*-j DNAT`)),
  ),
  ofService('the last endpoint was left out', 'uneven-shares', 3, (dump, { endpoints }) =>
    dump.without(new RegExp(`^-A KUBE-SVC-.*-j ${endpoints[2] ?? ''}$`)),
  ),
  ofService('the first endpoint was left out', 'uneven-shares', 3, (dump, { endpoints }) =>
    dump.without(new RegExp(`^-A KUBE-SVC-.*-j ${endpoints[1] ?? ''}$`)),
  ),
  ofService('a probability was changed', 'uneven-shares', 3, (dump, { suffix }) =>
    dump.replaced(new RegExp(`(^-A KUBE-SVC-${suffix} .*--probability )0\\.3\\d+`), '$10.90000000000'),
  ),
  ofService('an endpoint does not mark its own packets', 'hairpin-unmasked', 3, (dump, { endpoints }) =>
    dump.without(new RegExp(`^-A ${endpoints[0] ?? ''} -s .*-j KUBE-MARK-MASQ`)),
  ),
  ofService(
    'an endpoint marks the packets of another address',
    'hairpin-unmasked',
    3,
    (dump, { endpoints }) =>
      dump.replaced(
        new RegExp(`^(-A ${endpoints[0] ?? ''} -s )\\S+(.*-j KUBE-MARK-MASQ)`),
        '$110.244.250.250/32$2',
      ),
  ),
  ofService(
    'an endpoint has another address than its chain says',
    'hash-mismatch',
    3,
    (dump, { endpoints }) =>
      dump
        .replaced(new RegExp(`^(-A ${endpoints[0] ?? ''} -s )\\S+`), '$110.244.2.250/32')
        ?.replaced(new RegExp(`^(-A ${endpoints[0] ?? ''} .*--to-destination )[\\d.]+`), '$110.244.2.250') ??
      null,
  ),
  ofService(
    'an endpoint that clients are kept at gets no new ones',
    'affinity-dead-endpoint',
    3,
    (dump, { suffix, endpoints }) =>
      dump.without(new RegExp(`^-A KUBE-SVC-${suffix} .*-m statistic .*-j ${endpoints[0] ?? ''}$`)),
    true,
  ),
  ofService('a rule that balances stands there twice', 'duplicate-rule', 3, (dump, { suffix }) => {
    const line = dump.find(new RegExp(`^-A KUBE-SVC-${suffix} .*-m statistic`))?.input;
    return line === undefined ? null : dump.mapped((lines) => lines.toSpliced(lines.indexOf(line), 0, line));
  }),
  ofService('a Service marks nothing', 'masquerade-missing', 3, (dump, { suffix }) =>
    dump.without(new RegExp(`^-A KUBE-SVC-${suffix} ! -s .*-j KUBE-MARK-MASQ`)),
  ),
  ofService('an endpoint is translated to another address', 'hash-mismatch', 3, (dump, { endpoints }) =>
    dump.isIPv4
      ? dump.replaced(new RegExp(`^(-A ${endpoints[0] ?? ''} .*--to-destination )[\\d.]+`), '$110.244.2.250')
      : null,
  ),
  ofService(
    'a Service takes another network for that of pods',
    'cluster-cidr-mismatch',
    3,
    (dump, { suffix }) =>
      dump.replaced(
        new RegExp(`^(-A KUBE-SVC-${suffix} ! -s )\\S+(.*-j KUBE-MARK-MASQ)$`),
        dump.isIPv4 ? '$110.99.0.0/16$2' : '$1fd99::/16$2',
      ),
  ),
  ofService('the rule of a cluster IP was deleted', 'jump-missing', 3, (dump, { suffix }) =>
    dump.find(new RegExp(`^-A (?!KUBE-SERVICES).*-j KUBE-SVC-${suffix}$`)) === null
      ? dump.without(new RegExp(`^-A KUBE-SERVICES .*-j KUBE-SVC-${suffix}$`))
      : null,
  ),
  {
    name: 'the chain of a Service is said to be for another one',
    codes: () => ['hash-mismatch shop/other:http'],
    make: (dump) => {
      const name = serviceOf(dump, 3)?.name;
      return dump.replaced(
        new RegExp(`^(-A KUBE-SERVICES .*)"${name ?? ''} cluster IP"(.*-j KUBE-SVC-)`),
        '$1"shop/other:http cluster IP"$2',
      );
    },
  },
  ofChain('what comes from outside is not marked', 'masquerade-missing', MASQUERADED, (dump, chain) =>
    dump.without(new RegExp(`^-A ${chain} .*-j KUBE-MARK-MASQ`)),
  ),
  ofChain('what comes from outside leads nowhere', 'jump-missing', MASQUERADED, (dump, chain) =>
    dump.without(new RegExp(`^-A ${chain} .*-j KUBE-SVC-`)),
  ),
  ofChain('source ranges let nobody in', 'source-ranges-shut', RANGES, (dump, chain) =>
    dump.without(new RegExp(`^-A ${chain} -s `)),
  ),
  {
    name: 'a node port is taken by another Service before',
    codes: (dump) => [`frontend-conflict ${second(dump)?.name ?? ''}`],
    make: (dump) => {
      const [first, loser] = nodePorts(dump);
      if (first === undefined || loser === undefined) return null;
      return dump.replaced(
        new RegExp(`(^-A KUBE-NODEPORTS .*"${loser.name}".*--dport )${loser.port} `),
        `$1${first.port} `,
      );
    },
  },
];

function nodePorts(dump: Dump): readonly { readonly name: string; readonly port: string }[] {
  const found = dump.lines.flatMap((line) => {
    const [, name, port] =
      /^-A KUBE-NODEPORTS -p tcp .*--comment "?([^"\s]+)"? -m tcp --dport (\d+) -j KUBE-(?:EXT|SVC|XLB)-/.exec(
        line,
      ) ?? [];
    return name === undefined || port === undefined ? [] : [{ name, port }];
  });
  return found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index);
}

function second(dump: Dump): { readonly name: string } | undefined {
  return nodePorts(dump)[1];
}
