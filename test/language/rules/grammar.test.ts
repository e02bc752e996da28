import { describe, expect, it } from 'vitest';
import { matchDefinitions } from '../../../src/rules/iptables/catalogue/matches.ts';
import { targetDefinitions } from '../../../src/rules/iptables/catalogue/targets.ts';
import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { checked } from './checked.ts';
import { type Extension, type GrammarCase, grammarOf } from './grammar.ts';
import { judge, whyNoJudge } from './judge.ts';

const reason = whyNoJudge();
if (reason !== null && process.env['KUBE_PROXY_NO_SKIP'] === '1')
  throw new Error(`The judge cannot be asked: ${reason}.`);

/** What this machine's kernel was built without, and what asks for something that exists beforehand. */
const hostOnly =
  /missing kernel module|cannot open|doesn't exist|failed to get bpf object|No such file|Can't find match by name|not loaded|Couldn't load|does not exist/i;

/** Where iptables or our own check says another thing than the catalogue. */
function wrong({ what, text, family, loads }: GrammarCase): string[] {
  return (['nf_tables', 'legacy'] as const).flatMap((backend) => {
    const written = text.replace('nf_tables', backend);
    const { refused, words } = judge(written, backend, family);
    if (refused && hostOnly.test(words)) return [];
    const errors = checked(parseRuleset(written)).filter(({ severity }) => severity === 'error');
    const ours = errors.map(({ code }) => code).join(', ');
    if (refused !== loads && errors.length > 0 === refused) return [];
    return [
      `${what}\n  ${backend}: ${refused ? `refused (${words.split('\n')[0] ?? ''})` : 'loads'}, we say ${ours || 'nothing'}`,
    ];
  });
}

/** What this machine has no estimator, policy or wake-up timer for, or what a whole of several options decides. */
const notAsked =
  /^(rateest|RATEEST|nfacct|SECMARK|cgroup .*--path|CT .*--timeout|CT .*--helper|IDLETIMER .*--alarm|policy with (--strict|--next|! --strict)|statistic with !? ?--(every|packet)|time with --contiguous|TRACE in table)/;

describe.skipIf(reason !== null)('iptables holds to the catalogue in', () => {
  const extensions: readonly Extension[] = [...matchDefinitions, ...targetDefinitions];
  it.each(extensions.map((extension) => [extension.name, extension] as const))('%s', (_name, extension) => {
    const asked = [...grammarOf(extension)].filter(({ what }) => !notAsked.test(what));
    expect(asked.flatMap(wrong)).toEqual([]);
  });
});
