/** What a headline says of answers that do not come back: `…, but the answer may bypass this node: …`. */
import type { ToldLoss } from './claims.ts';

const FROM = String.raw`(?:\[[\da-f:.]+\](?::[\d*]+)?|[\da-f:.]*(?:[\da-f]|::)(?::\*)?|another address)`;
const UNTRACKED = String.raw`(?:: rule [\d,]+ of \S+ keeps it from being tracked)?`;
const RULE = String.raw`rule [\d,]+ of \S+`;
const CAUSE = String.raw`(?: by the kernel(?:: .+?)?| by the policy of \S+ \(table \S+\)| by ${RULE}(?: \(⟦\d+⟧\))?(?:: (?:no|REJECT|REDIRECT|MASQUERADE|the address) .+?)?|: .+?)`;

const kinds: readonly (readonly [kind: ToldLoss['kind'], pattern: string])[] = [
  ['itself', String.raw`no answer can come back: the receiver takes \S+ for itself`],
  [
    'itself',
    String.raw`the (?:pod|receiver) would get a packet from its own address and drop it: nothing masquerades its way back to itself \(hairpin\)`,
  ],
  ['unheard', String.raw`no answer can come back: the client takes \S+ for itself`],
  ['stopped', String.raw`no answer can come back: \S+ is the address of many, and nobody's own`],
  ['stopped', String.raw`nothing answers [A-Z]+ that is sent to many`],
  ['stopped', `${RULE} makes its checksum wrong: whoever gets it throws it away`],
  [
    'open',
    String.raw`a first packet like it is (?:handed to an endpoint of \S+?|translated(?: to ${FROM})?): conntrack alone tells where this connection goes`,
  ],
  [
    'bypass',
    `the answer may bypass this node: (?:the (?:client|process) then gets it from ${FROM}, which it never asked(?:, and hangs)?|it then goes to ${FROM}, not to the (?:client|process))`,
  ],
  [
    'stranger',
    String.raw`the (?:client|process) gets the answer from ${FROM}, which it never asked(?:: it goes straight over \S+, past these rules, since \S+ is 0|${UNTRACKED})`,
  ],
  [
    'astray',
    `this node takes the answer for its own, and the (?:client|process) does not get it${UNTRACKED}`,
  ],
  ['astray', `the answer does not go back to the (?:client|process)${UNTRACKED}`],
  [
    'open',
    String.raw`whether the load balancer of \S+ answers there, the rules do not tell: they leave its address to it \(ipMode Proxy\)`,
  ],
  ['stopped', 'this node answers no pings: icmp_echo_ignore_all is 1'],
  ['open', 'most likely nobody answers there'],
  ['open', `the answer may be (?:dropped|rejected)${CAUSE}`],
  ['stopped', `the answer is (?:dropped|rejected)${CAUSE}`],
];

const SHARE = String.raw`(?:in (?:[<>] )?(?<share>[\d.]+) % of cases )?`;
const ONE = `${SHARE.replace('?<share>', '?:')}(?:${kinds.map(([, pattern]) => pattern).join('|')})`;
const ENDS = String.raw`(?=$|,? (?:if|unless) |; | \((?:[<>] )?[\d.]+ %\)| or (?:forwarded|sent|delivered|dropped|rejected|not known|nobody))`;
const all = new RegExp(`, but (${ONE}(?:(?:, | and )${ONE})*)${ENDS}`, 'gs');
const each = kinds.map(([kind, pattern]) => [kind, new RegExp(`${SHARE}${pattern}`, 's')] as const);
const LISTENER =
  /, where (?:most likely nothing listens: .*?|nothing listens)(?=[;:] the (?:client sees|client hangs|process sees|process hangs|refusal )|$| \((?:[<>] )?[\d.]+ %\))/gs;

/** `text` without what it says of lost answers, and that. */
export function splitLosses(text: string): { readonly text: string; readonly losses: readonly ToldLoss[] } {
  const losses: ToldLoss[] = [];
  const without = text
    .replace(all, (_, told: string) => {
      losses.push(...lossesOf(told));
      return '';
    })
    .replace(LISTENER, () => {
      losses.push({ kind: 'listener', share: null });
      return '';
    });
  return { text: without, losses };
}

function lossesOf(told: string): readonly ToldLoss[] {
  return told
    .split(/(?:, | and )(?=in (?:[<>] )?[\d.]+ % of cases )/)
    .flatMap((part): readonly ToldLoss[] => {
      for (const [kind, pattern] of each) {
        const match = pattern.exec(part);
        if (match === null) continue;
        const share = match.groups?.['share'];
        return [{ kind, share: share === undefined ? null : Number(share) / 100 }];
      }
      return [];
    });
}
