import type { ContentKind } from '../kubeproxy/facts/contentKind.ts';

/** What to do with a file that holds no facts but something else that is known. */
export const REMEDIES: Partial<Readonly<Record<ContentKind, string>>> = {
  rules: 'name it as RULES.',
  packets: '"trace RULES --capture FILE" lays them beside a trace.',
  'kernel-trace': '"trace RULES --kernel-trace FILE" lays it over rules.',
};
