import type { Leg } from '../kubeproxy/journey/journey.ts';
import { consideredRules } from '../kubeproxy/narrative/considered.ts';
import { plural } from '../kubeproxy/narrative/words.ts';
import { narrativeText, type Expand } from './narrativeText.ts';
import { paint, plain, wrap, type Style } from './terminal.ts';

/** Of each stretch of rules that did not match, as many are listed. */
const MOST_CONSIDERED = 200;

/** As many of the nodes where a packet goes on are told of. */
const MOST_CONTINUATIONS = 8;

const PROSE_WIDTH = 100;

/** A packet's way, node by node. `notes`: how the two ends were understood. `considered`: also what did not match. */
export function journeyText(leg: Leg, notes: readonly string[], considered: boolean, style: Style): string {
  const { continuations, next } = leg;
  const expand: Expand = (outcome, gap) => consideredRules(leg, { ...gap, outcome, limit: MOST_CONSIDERED });
  const inner = { ...style, width: style.width - INDENT.length };
  const onward = continuations.slice(0, MOST_CONTINUATIONS).map(({ id, node, packet, message }) => {
    const following = next.get(id);
    const title = paint(style, 'bold', `On ${plain(node)}: ${plain(packet)}`);
    const told = following
      ? journeyText(following, [], considered, inner)
      : `${wrap(plain(message), Math.min(inner.width, PROSE_WIDTH)).join('\n')}\n`;
    return `\n${title}\n${indented(told)}`;
  });
  const left = continuations.length - onward.length;
  if (left > 0) onward.push(`\n… and ${plural(left, 'more way')} over other nodes\n`);
  return narrativeText(leg.narrative, notes, considered ? expand : null, style) + onward.join('');
}

const INDENT = '  ';

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, INDENT);
}
