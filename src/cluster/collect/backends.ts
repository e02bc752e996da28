/**
 * Both backends of iptables: `iptables-save` answers for one of them, while the kernel applies the rules of both. So the
 * other is asked by its own name, and what it holds becomes a file of its own and a warning (KUBE-PROXY: "legacy and nft
 * backends mixed").
 */
import type { Asking } from './asking.ts';
import { commands } from './commands.ts';
import { backendOf, countRules, holdsKubeChains, saysAnything } from './ruleText.ts';

type Backend = 'legacy' | 'nft';

export interface RulesOfBackends {
  /** What is shown as the node's rules. */
  readonly text: string;
  /** The other backend's, under the name of its own file. */
  readonly hidden: ReadonlyMap<string, string>;
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
    wanted.map(async (backend) => {
      const answer = await asking.ask(commands.backends[backend][family]);
      return answer.kind === 'text' ? [{ backend, text: answer.text }] : [];
    }),
  );
  const others = answers.flat().filter((each) => saysAnything(each.text) && !sameRules(each.text, text));
  const [first] = others;
  if (first === undefined) return { text, hidden: new Map(), warnings: [] };
  const better = holdsKubeChains(text) ? undefined : others.find((each) => holdsKubeChains(each.text));
  return better === undefined ? shown(family, text, others) : swapped(family, text, own, better);
}

function shown(family: 4 | 6, text: string, others: readonly OfBackend[]): RulesOfBackends {
  if (!saysAnything(text) && others.length === 1 && others[0] !== undefined) {
    return { text: others[0].text, hidden: new Map(), warnings: [] };
  }
  const hidden = new Map(others.map((each) => [fileOf(family, each.backend), each.text]));
  return { text, hidden, warnings: others.map((each) => mixed(family, each)) };
}

/** The program's own choice of a backend has nothing of kube-proxy's; the other has. */
function swapped(family: 4 | 6, text: string, own: Backend | null, better: OfBackend): RulesOfBackends {
  if (!saysAnything(text)) return { text: better.text, hidden: new Map(), warnings: [] };
  const backend = own ?? (better.backend === 'legacy' ? 'nft' : 'legacy');
  const hidden = new Map([[fileOf(family, backend), text]]);
  return { text: better.text, hidden, warnings: [mixed(family, { backend, text })] };
}

function mixed(family: 4 | 6, hidden: OfBackend): string {
  const rules = countRules(hidden.text);
  const count = `${rules.toLocaleString('en')} ${rules === 1 ? 'rule' : 'rules'}`;
  return (
    `IPv${family} rules stand in both backends of iptables, and the kernel applies both: the ${count} of the ` +
    `${hidden.backend} backend are in ${fileOf(family, hidden.backend)}, and no trace follows them`
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
