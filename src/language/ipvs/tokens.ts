/** Semantic tokens of texts of ipvsadm: what each word of a line is. */
import type { Range } from 'vscode-languageserver-types';
import { linesOfWords, type IpvsLine } from '../../rules/ipvs/lines.ts';
import { mapped, type Steps } from '../../values/steps.ts';
import { semanticTokensLegend } from '../ruleTokens.ts';
import { TokenEncoder } from '../tokenEncoder.ts';
import type { IpvsDocument } from './ipvsDocument.ts';
import { schedulerMeanings } from './vocabulary.ts';

type TokenType = (typeof semanticTokensLegend.tokenTypes)[number];

/** More characters than this are coloured by what is on the screen. */
const LARGE = 500_000;

/** As `semanticTokens` of iptables. */
export function* ipvsSemanticTokens(document: IpvsDocument, range: Range | null): Steps<number[] | null> {
  const { text } = document;
  if (range === null && text.length > LARGE) return null;
  const first = range === null ? 0 : document.offsetAt({ line: range.start.line, character: 0 });
  const last = range === null ? text.length : document.offsetAt(range.end);
  const encoder = new TokenEncoder(document);
  yield* mapped(linesOfWords(text.slice(first, last)), (line) => {
    if (line.words[0]?.text.startsWith('#') === true) return;
    for (const [at, { start, end }] of line.words.entries()) {
      const type = typeOf(line, at);
      if (type === null) continue;
      encoder.add({
        start: first + start,
        end: first + end,
        type: semanticTokensLegend.tokenTypes.indexOf(type),
        modifiers: 0,
      });
    }
  });
  return encoder.data;
}

/** An address with its port, a mark, a count. */
const NUMBER = /^(?:\[?[\da-f:.]+\]?(?::\d+)?|0x[\da-f]+)$/iu;
/** What a listing says of a line: its protocol, the way to a server. */
const KEYWORD =
  /^(?:-A|-a|--add-service|--add-server|ipvsadm|TCP|UDP|SCTP|FWM|IPv6|Masq|Route|Tunnel|Local)$/u;
const STATE =
  /^(?:ESTABLISHED|SYN_SENT|SYN_RECV|FIN_WAIT|TIME_WAIT|CLOSE|CLOSE_WAIT|LAST_ACK|LISTEN|SYNACK|NONE|UDP|ICMP)$/u;

/** Null of a word that has no colour of its own: a heading. */
function typeOf({ words }: IpvsLine, at: number): TokenType | null {
  const text = words[at]?.text ?? '';
  const before = words[at - 1]?.text ?? '';
  if (text === '->') return 'operator';
  if (before === '-s' || before === '--scheduler') return 'enumMember';
  if (before === '-b' || before === '--sched-flags' || before === '--pe') return 'enumMember';
  if (KEYWORD.test(text)) return at > 0 && STATE.test(text) ? 'type' : 'keyword';
  if (STATE.test(text)) return 'type';
  if (/^--?[a-z]/iu.test(text)) return 'property';
  if (NUMBER.test(text) && /\d/u.test(text)) return 'number';
  if (schedulerMeanings.has(text)) return 'enumMember';
  return text === 'persistent' || text === 'ops' ? 'property' : null;
}
