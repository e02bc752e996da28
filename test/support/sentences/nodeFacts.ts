/** What a node's files say, read for the judge of sentences: addresses, rules as lines, frontends and ranges of kube-proxy. */
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';

export interface Frontend {
  readonly service: string;
  /** Null for a node port. */
  readonly address: string | null;
  readonly protocol: string;
  readonly port: number;
}

export interface NodeFacts {
  readonly addresses: ReadonlySet<string>;
  readonly bridges: ReadonlySet<string>;
  /** Networks with their interface, those that hosts are directly on. */
  readonly networks: readonly { readonly prefix: string; readonly interface: string }[];
  /** The rule with this place (`nat/PREROUTING/0`) as its line; undefined where there is none. */
  rule(family: 4 | 6, place: string): string | undefined;
  frontends(family: 4 | 6): readonly Frontend[];
  /** The source ranges of a Service port, as its rules have them; empty where it has none. */
  ranges(family: 4 | 6, service: string): readonly string[];
  /** What a Service port's rules translate to: `10.244.1.5:8080`. */
  endpoints(family: 4 | 6, service: string): readonly string[];
  /** Whether any Service has a list of recent clients. */
  sticky(family: 4 | 6): boolean;
  sysctl(name: string): string | undefined;
}

type Rules = ReadonlyMap<string, string>;

export function factsOf(files: ReadonlyMap<string, string>): NodeFacts {
  const links = records(files.get('ip-addr.json'));
  const rules = { 4: rulesOf(files.get('iptables-save.txt')), 6: rulesOf(files.get('ip6tables-save.txt')) };
  const sysctls = new Map(
    (files.get('sysctl.txt') ?? '').split('\n').map((line): [string, string] => {
      const [name = '', value = ''] = line.split(' = ');
      return [name, value];
    }),
  );
  return {
    addresses: new Set(links.flatMap((link) => infos(link).map(({ local }) => String(local)))),
    bridges: new Set(
      [...(files.get('bridge-link.txt') ?? '').matchAll(/ master (\S+)/g)].map(([, name = '']) => name),
    ),
    networks: links.flatMap((link) =>
      infos(link).map(({ local, prefixlen }) => ({
        prefix: `${String(local)}/${String(prefixlen)}`,
        interface: String(link['ifname']),
      })),
    ),
    rule: (family, place) => rules[family].get(place),
    frontends: (family) => frontendsOf(rules[family]),
    ranges: (family, service) => rangesOf(rules[family], service),
    endpoints: (family, service) =>
      [...rules[family].values()]
        .filter((line) => line.startsWith('-A KUBE-SEP-') && commentsOf(line).includes(service))
        .flatMap((line) => / --to-destination (\S+)/.exec(line)?.[1] ?? []),
    sticky: (family) =>
      [...rules[family].values()].some((line) => /^-A KUBE-SEP-.* -m recent .*--set/.test(line)),
    sysctl: (name) => sysctls.get(name),
  };
}

function records(text: string | undefined): readonly JsonRecord[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function infos({ addr_info: list }: JsonRecord): readonly JsonRecord[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function rulesOf(text = ''): Rules {
  const rules = new Map<string, string>();
  const counts = new Map<string, number>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const chain = /^-A (\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    const key = `${table}/${chain}`;
    const index = counts.get(key) ?? 0;
    counts.set(key, index + 1);
    rules.set(`${key}/${index}`, line);
  }
  return rules;
}

/** The comments of a rule, as they are meant. */
export function commentsOf(line: string): readonly string[] {
  return [...line.matchAll(/--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'),
  );
}

/** `default/web:http cluster IP` → `default/web:http` */
function serviceOf(line: string): string {
  return (commentsOf(line)[0] ?? '').split(' ')[0] ?? '';
}

function frontendsOf(rules: Rules): readonly Frontend[] {
  return [...rules].flatMap(([place, line]) => {
    const [, chain = ''] = place.split('/');
    if (!/^KUBE-(?:SERVICES|NODEPORTS|EXTERNAL-SERVICES)$/.test(chain)) return [];
    const port = /--dport (\d+)/.exec(line)?.[1];
    if (port === undefined) return [];
    const address = /(?:^| )-d (\S+?)\/(?:32|128) /.exec(line)?.[1] ?? null;
    if (address === null && chain === 'KUBE-SERVICES') return [];
    const protocol = / -p (\S+)/.exec(line)?.[1] ?? '';
    return [{ service: serviceOf(line), address, protocol, port: Number(port) }];
  });
}

function rangesOf(rules: Rules, service: string): readonly string[] {
  return [...rules].flatMap(([place, line]) => {
    if (
      !place.startsWith('nat/KUBE-FW-') ||
      !commentsOf(line).some((each) => each.startsWith(`${service} `))
    ) {
      return [];
    }
    const range = / -s (\S+)/.exec(line)?.[1];
    return range === undefined ? [] : [range];
  });
}
