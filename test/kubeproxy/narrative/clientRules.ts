/** Small rules of kube-proxy, and what is told of a packet through them. */
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { FlowForm } from '../../../src/kubeproxy/form/flowForm.ts';
import { labFiles } from '../../kernel/fixtures.ts';
import { rulesOnly, tell } from './support.ts';

export type Files = Readonly<Partial<Record<SnapshotFileName, string>>>;

/** The mark's word and all that is told. */
export function told(
  rules: readonly string[],
  form: Partial<FlowForm>,
  files: Files = {},
): readonly string[] {
  return said(tell(rulesOnly(`${rules.join('\n')}\n`, files), form));
}

export function said({ narrative }: ReturnType<typeof tell>): readonly string[] {
  return [narrative.verdict, narrative.headline, ...narrative.details];
}

export function table(name: string, chains: readonly string[], rules: readonly string[]): readonly string[] {
  const builtIn = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);
  return [
    `*${name}`,
    ...chains.map((chain) => `:${chain} ${builtIn.has(chain) ? 'ACCEPT' : '-'} [0:0]`),
    ...rules,
    'COMMIT',
  ];
}

const sep = (suffix: string): string => `KUBE-SEP-${suffix.repeat(16)}`;

/** shop/cart:http at 10.96.7.7:80 and node port 31080, with these endpoints, and rules behind them. */
export function service(endpoints: readonly string[], more: readonly string[] = []): readonly string[] {
  const svc = 'KUBE-SVC-CARTCARTCARTCART';
  const balance = endpoints.map((_, at) =>
    at === endpoints.length - 1
      ? `-A ${svc} -j ${sep('AB'[at] ?? 'C')}`
      : `-A ${svc} -m statistic --mode random --probability 0.5 -j ${sep('AB'[at] ?? 'C')}`,
  );
  const chains = ['KUBE-SERVICES', 'KUBE-NODEPORTS', svc, ...endpoints.map((_, at) => sep('AB'[at] ?? 'C'))];
  return table(
    'nat',
    ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING', ...chains],
    [
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      `-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j ${svc}`,
      '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -d 192.168.0.2/32 -j KUBE-NODEPORTS',
      `-A KUBE-NODEPORTS -p tcp -m comment --comment "shop/cart:http" -m tcp --dport 31080 -j ${svc}`,
      ...balance,
      ...endpoints.map(
        (endpoint, at) =>
          `-A ${sep('AB'[at] ?? 'C')} -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination ${endpoint}`,
      ),
      ...more,
    ],
  );
}

export const sysctl = (...lines: readonly string[]): Files => ({
  ...labFiles,
  'sysctl.txt': `${labFiles['sysctl.txt']}${lines.join('\n')}\n`,
});
