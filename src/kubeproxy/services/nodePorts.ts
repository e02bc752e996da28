import type { NumberRange } from '../../values/numbers.ts';

/** What kube-apiserver gives node ports from unless `--service-node-port-range` says otherwise. */
export const NODE_PORTS: NumberRange = { from: 30_000, to: 32_767 };
