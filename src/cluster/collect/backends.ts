/**
 * Both backends of iptables: `iptables-save` answers for one of them, while the kernel applies the rules of both. So the
 * other is asked by its own name, and what it holds becomes a file of its own and a warning (KUBE-PROXY: "legacy and nft
 * backends mixed").
 */
import type { MissingFile } from '../liveNode.ts';
import type { Asking } from './asking.ts';
import { commands } from './commands.ts';
import { backendOf, countRules, holdsKubeChains, saysAnything } from './ruleText.ts';

type Backend = 'legacy' | 'nft';

/** The rules of one family: the ones that are shown, and those of the other backend. */
export interface RulesOfBackends {
  /** What is shown as the node's rules. */
  readonly text: string;
  /** The other backend's, under the name of its own file. */
  readonly hidden: ReadonlyMap<string, string>;
  /** Of the other backend, where it could not be asked. */
  readonly missing: readonly MissingFile[];
  readonly warnings: readonly string[];
}

interface OfBackend {
  readonly backend: Backend;
  readonly text: string;
}

/** `text`: what the plain `iptables-save` (or `ip6tables-save`) printed. */
export async function withBothBackends(
  asking: Asking,
  family: 4 | 6,
  text: string,
): Promise<RulesOfBackends> {
  const own = backendOf(text);
  const wanted = (['legacy', 'nft'] as const).filter((backend) => backend !== own);
  const answers = await Promise.all(
    wanted.map(async (backend) => ({
      backend,
      answer: await asking.ask(commands.backends[backend][family]),
    })),
  );
  // Before 1.8 there was one backend, and no name for it.
  const missing = answers.flatMap(({ backend, answer }) =>
    answer.kind === 'text' || (own === null && answer.noProgram)
      ? []
      : [{ file: fileOf(family, backend), reason: answer.reason }],
  );
  const others = answers.flatMap(({ backend, answer }) =>
    answer.kind === 'text' && saysAnything(answer.text) && !sameRules(answer.text, text)
      ? [{ backend, text: answer.text }]
      : [],
  );
  const better = holdsKubeChains(text) ? undefined : others.find((each) => holdsKubeChains(each.text));
  const found = better === undefined ? shown(family, text, others) : swapped(family, text, own, better);
  return { ...found, missing };
}

type Shown = Omit<RulesOfBackends, 'missing'>;

function shown(family: 4 | 6, text: string, others: readonly OfBackend[]): Shown {
  const [only, ...more] = others;
  if (only !== undefined && more.length === 0 && !saysAnything(text)) {
    return { text: only.text, hidden: new Map(), warnings: [] };
  }
  const hidden = new Map(others.map((each) => [fileOf(family, each.backend), each.text]));
  return { text, hidden, warnings: others.map((each) => mixed(family, each)) };
}

/** The program's own choice of a backend has nothing of kube-proxy's; the other has. */
function swapped(family: 4 | 6, text: string, own: Backend | null, better: OfBackend): Shown {
  if (!saysAnything(text)) return { text: better.text, hidden: new Map(), warnings: [] };
  const backend = own ?? (better.backend === 'legacy' ? 'nft' : 'legacy');
  const hidden = new Map([[fileOf(family, backend), text]]);
  return { text: better.text, hidden, warnings: [mixed(family, { backend, text })] };
}

function mixed(family: 4 | 6, hidden: OfBackend): string {
  const rules = countRules(hidden.text);
  const count = `${rules.toLocaleString('en')} ${rules === 1 ? 'rule' : 'rules'}`;
  return (
    `IPv${family} rules stand in both backends of iptables, and the kernel applies both: the ${hidden.backend} backend ` +
    `has ${count}, in ${fileOf(family, hidden.backend)}, which no trace follows`
  );
}

function fileOf(family: 4 | 6, backend: Backend): string {
  return commands.backends[backend][family].produces;
}

/** Whether two dumps differ only in who printed them, when, and in counters. */
function sameRules(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(text: string): string {
  return text.replace(/^#.*\n?/gm, '').replace(/^\[\d+:\d+\] | \[\d+:\d+\]$/gm, '');
}
