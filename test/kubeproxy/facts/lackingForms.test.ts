/** Output that is known for what it is, and of which no fact can be made. */
import { expect, test } from 'vitest';
import { contentsOf } from '../../../src/kubeproxy/facts/contents.ts';
import { namedFacts } from '../../../src/kubeproxy/facts/nodeFacts.ts';

/** net-tools 2.10: of these the first is in a table of its own, and the last two in the table local. */
const ROUTE_6 = `Kernel IPv6 routing table
Destination                    Next Hop                   Flag Met Ref  Use If
fd01::/64                      2001:db8::3                UG   1024 1      0 v0
::/0                           ::                         !n   -1  1      0 lo
2001:db8::/64                  ::                         U    256 1      0 v0
::1/128                        ::                         Un   0   3      0 lo
2001:db8::1/128                ::                         Un   0   2      0 v0
`;

/** conntrack-tools 1.4.7 */
const EVENTS = `    [NEW] tcp      6 120 SYN_SENT src=192.0.2.1 dst=10.96.0.1 sport=40000 dport=443 [UNREPLIED] src=10.0.0.9 dst=192.0.2.1 sport=6443 dport=40000
 [UPDATE] tcp      6 60 SYN_RECV src=192.0.2.1 dst=10.96.0.1 sport=40000 dport=443 src=10.0.0.9 dst=192.0.2.1 sport=6443 dport=40000
[1712345678.123456]	[DESTROY] tcp      6 src=192.0.2.1 dst=10.96.0.1 sport=40000 dport=443 src=10.0.0.9 dst=192.0.2.1 sport=6443 dport=40000
`;

/** iproute2 6.1; of IPv6 no line tells of a cache. */
const ANSWERS = `10.244.1.5 dev cni0 src 10.244.1.1 uid 1000 
    cache 
local 192.0.2.2 dev lo src 192.0.2.2 uid 0 
    cache <local> 
8.8.8.8 from 10.244.1.5 via 192.0.2.1 dev eth0 
    cache iif cni0 
2001:db8::9 from :: via fe80::1 dev eth0 proto ra src 2001:db8::2 metric 100 pref medium
192.0.2.9 dev eth0 src 192.0.2.2 uid 0 \\    cache 
`;
const ANSWER_JSON =
  '[{"dst":"8.8.8.8","gateway":"192.0.2.1","dev":"eth0","prefsrc":"192.0.2.2","flags":[],"uid":0,"cache":[]}]';

test.each([
  ['route -6 -n', ROUTE_6, 'old-ipv6-routes'],
  ['route -6', ROUTE_6.replaceAll('::/0 ', '[::]/0 ').replaceAll(' :: ', ' [::] '), 'old-ipv6-routes'],
  ['netstat -6 -rn, behind a prompt', `$ netstat -6 -rn\n${ROUTE_6}`, 'old-ipv6-routes'],
  ['conntrack -E', EVENTS, 'connection-events'],
  ['ip route get', ANSWERS, 'route-answers'],
  ['ip -j route get', ANSWER_JSON, 'route-answers'],
])('%s', (_command, text, of) => {
  const contents = contentsOf(text);
  expect(contents.parts.map(({ kind }) => kind)).toEqual([of]);
  const { files, uses } = namedFacts([{ id: 'a', contents }]);
  expect(files.size).toBe(0);
  expect(uses).toEqual([{ id: 'a', taken: '', unused: { kind: 'lacking', of } }]);
});

test('routes are read beside answers of "ip route get"', () => {
  const routes = 'default via 192.0.2.1 dev eth0\n192.0.2.7 dev cali1 scope link';
  const contents = contentsOf(
    `$ ip route\n${routes}\n$ ip route get 10.244.1.5\n${ANSWERS}$ ip route\n${routes}\n`,
  );
  expect(contents.parts.map(({ kind }) => kind)).toEqual(['routes', 'route-answers', 'routes']);
  expect(contents.parts[0]?.text).toBe(routes);
});
