/** Rules that people write by hand, for real clients: every kind of REJECT, drops everywhere, translations of one end alone. */
import type { Asked } from './questions.ts';
import { LAN_HOST, OUTSIDE, type Place } from './world.ts';

export interface HandMade {
  readonly rules: { readonly 4: string; readonly 6: string };
  readonly pods: readonly string[];
  /** Who listens. */
  readonly places: readonly Place[];
  readonly asked: readonly Asked[];
}

const rejections = {
  4: [
    'icmp-net-unreachable',
    'icmp-host-unreachable',
    'icmp-proto-unreachable',
    'icmp-port-unreachable',
    'icmp-net-prohibited',
    'icmp-host-prohibited',
    'icmp-admin-prohibited',
  ],
  6: [
    'icmp6-no-route',
    'icmp6-adm-prohibited',
    'icmp6-addr-unreachable',
    'icmp6-port-unreachable',
    'icmp6-policy-fail',
    'icmp6-reject-route',
  ],
} as const;

const CLIENT = { 4: '10.244.1.5', 6: 'fd00:10:244:1::5' } as const;
const SERVER = { 4: '10.244.1.7', 6: 'fd00:10:244:1::7' } as const;
const FAR = { 4: '10.244.2.7', 6: 'fd00:10:244:2::7' } as const;
const NODE = { 4: '192.168.0.2', 6: 'fd00:192:168::2' } as const;
const LOOPBACK = { 4: '127.0.0.1', 6: '::1' } as const;

/** From here on each kind of REJECT has a port; 8080 is open everywhere. */
const FIRST = 9000;
const OPEN = 8080;
/** Refused by a reset, of TCP alone. */
const RESET = 9010;
/** Nobody listens, and no rule refuses it. */
const CLOSED = 8099;

function filterRules(family: 4 | 6): readonly string[] {
  const kinds = rejections[family];
  return ['INPUT', 'FORWARD', 'OUTPUT'].flatMap((chain) => [
    ...(['tcp', 'udp'] as const).flatMap((protocol) => [
      ...kinds.map(
        (kind, index) =>
          `-A ${chain} -p ${protocol} --dport ${FIRST + index} -j REJECT --reject-with ${kind}`,
      ),
      `-A ${chain} -p ${protocol} --dport 9020 -m comment --comment first -m comment --comment "and last" -j DROP`,
    ]),
    `-A ${chain} -p tcp --dport ${RESET} -j REJECT --reject-with tcp-reset`,
  ]);
}

/** A destination that is given another address or port, a source that is, and both. */
function natRules(family: 4 | 6): readonly string[] {
  const at = (address: string, port: number): string =>
    family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  return ['PREROUTING', 'OUTPUT']
    .flatMap((chain) => [
      `-A ${chain} -p tcp --dport 7001 -j REDIRECT --to-ports ${OPEN}`,
      `-A ${chain} -p tcp --dport 7002 -j DNAT --to-destination ${at(SERVER[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7003 -j DNAT --to-destination ${at(FAR[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7004 -j DNAT --to-destination ${at(FAR[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7005 -j DNAT --to-destination ${at(CLIENT[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7006 -j DNAT --to-destination ${at(CLIENT[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7007 -j DNAT --to-destination ${at(LOOPBACK[family], OPEN)}`,
      `-A ${chain} -p tcp --dport 7008 -j DNAT --to-destination ${at(LAN_HOST[family], OPEN)}`,
      `-A ${chain} -p udp --dport 7003 -j DNAT --to-destination ${at(FAR[family], OPEN)}`,
    ])
    .concat([
      `-A POSTROUTING -p tcp -d ${FAR[family]} -m conntrack --ctorigdstport 7004 -j MASQUERADE`,
      `-A POSTROUTING -p tcp -d ${CLIENT[family]} -m conntrack --ctorigdstport 7006 -j MASQUERADE`,
      `-A POSTROUTING -p tcp -s ${CLIENT[family]} -d ${OUTSIDE[family]} --dport 8080 -j SNAT --to-source ${NODE[family]}`,
    ]);
}

/** `more`: rules before those of table filter. */
function rulesOf(family: 4 | 6, more: readonly string[] = []): string {
  const silent = ['PREROUTING', 'OUTPUT'].map((chain) => `-A ${chain} -p tcp --dport 9021 -j DROP`);
  return [
    '*raw',
    ...silent,
    '-A PREROUTING -p tcp --dport 8081 -j NOTRACK',
    'COMMIT',
    '*nat',
    ...natRules(family),
    'COMMIT',
    '*filter',
    ...more,
    ...filterRules(family),
    'COMMIT',
    '',
  ].join('\n');
}

interface From {
  readonly space: string;
  readonly bound: string | null;
  readonly from: string;
  readonly client: string;
}

function pod(address: string): From {
  return { space: address, bound: address, from: `pod:${address}`, client: address };
}

function sourcesOf(family: 4 | 6): readonly From[] {
  return [
    pod(CLIENT[family]),
    pod(FAR[family]),
    { space: 'node', bound: null, from: 'node', client: '' },
    { space: 'node', bound: LOOPBACK[family], from: `node:${LOOPBACK[family]}`, client: LOOPBACK[family] },
    { space: 'outside', bound: null, from: `external:${OUTSIDE[family]}`, client: OUTSIDE[family] },
    { space: 'lan', bound: null, from: `external:${LAN_HOST[family]}`, client: LAN_HOST[family] },
  ];
}

/** Ports, for each target. */
function allPorts(family: 4 | 6): readonly number[] {
  return [
    ...rejections[family].map((_, index) => FIRST + index),
    RESET,
    9020,
    9021,
    OPEN,
    8081,
    CLOSED,
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((port) => 7000 + port),
  ];
}

function askedOf(
  family: 4 | 6,
  targets: readonly string[] = [NODE[family], SERVER[family], OUTSIDE[family]],
  ports: readonly number[] = allPorts(family),
): readonly Asked[] {
  return sourcesOf(family).flatMap(({ space, bound, from, client }) =>
    targets
      // From the nodes' network the way outside does not lead over the node.
      .filter(
        (address) =>
          address !== client && (address !== OUTSIDE[family] || ![FAR[family], 'lan'].includes(space)),
      )
      .flatMap((address) =>
        ports.flatMap((port) =>
          (['tcp', 'udp'] as const).map((protocol): Asked => {
            const to = family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
            return {
              question: { from: space, source: bound, address, port, protocol, times: 3 },
              from,
              to,
              client,
            };
          }),
        ),
      ),
  );
}

const listeners = ([4, 6] as const).flatMap((family) =>
  [CLIENT, SERVER, FAR, NODE, LOOPBACK, OUTSIDE, LAN_HOST].flatMap((each) =>
    [OPEN, 8081].flatMap((port) =>
      (['tcp', 'udp'] as const).map((protocol): Place => ({ address: each[family], port, protocol })),
    ),
  ),
);

export const handMade: HandMade = {
  rules: { 4: rulesOf(4), 6: rulesOf(6) },
  pods: ([4, 6] as const).flatMap((family) => [CLIENT[family], SERVER[family], FAR[family]]),
  places: listeners,
  asked: [...askedOf(4), ...askedOf(6)],
};

/** What stops refusals on their way back: each kind of error at another place. */
function stopping(family: 4 | 6): readonly string[] {
  const icmp =
    family === 4
      ? (type: number) => `-p icmp --icmp-type 3/${type}`
      : (type: number) => `-p icmpv6 --icmpv6-type 1/${type}`;
  const [first, second, third] = family === 4 ? [1, 10, 13] : [3, 1, 5];
  return [
    `-A OUTPUT ${icmp(first)} -m comment --comment "no errors" -j DROP`,
    `-A INPUT -i lo ${icmp(second)} -j DROP`,
    `-A OUTPUT ${icmp(third)} -m conntrack --ctstate RELATED -j DROP`,
    `-A OUTPUT -p tcp --sport ${CLOSED} --tcp-flags RST RST -j DROP`,
    `-A OUTPUT -p tcp --sport ${RESET} --tcp-flags RST RST -m conntrack --ctstate RELATED -j DROP`,
  ];
}

const PROHIBITED = { 4: '10.99.0.1', 6: 'fd00:10:96::9901' } as const;
const UNREACHABLE = { 4: '10.99.0.2', 6: 'fd00:10:96::9902' } as const;

/** As `handMade`, with rules and routes that refusals do not get through. */
export const handMadeSilence: HandMade & { readonly commands: readonly string[] } = {
  ...handMade,
  rules: { 4: rulesOf(4, stopping(4)), 6: rulesOf(6, stopping(6)) },
  commands: ([4, 6] as const).flatMap((family) => {
    const flag = family === 4 ? '' : '-6 ';
    const icmp = family === 4 ? 'icmp' : 'ipv6-icmp';
    return [
      `${flag}route add prohibit ${PROHIBITED[family]}`,
      `${flag}route add unreachable ${UNREACHABLE[family]}`,
      `${flag}rule add pref 100 to ${LAN_HOST[family]} ipproto ${icmp} prohibit`,
    ];
  }),
  asked: ([4, 6] as const).flatMap((family) =>
    askedOf(
      family,
      [NODE[family], SERVER[family], PROHIBITED[family], UNREACHABLE[family]],
      [...rejections[family].map((_, index) => FIRST + index), RESET, CLOSED],
      // No rule refuses UDP there.
    ).filter(({ question: { port, protocol } }) => protocol === 'tcp' || (port !== RESET && port !== CLOSED)),
  ),
};
