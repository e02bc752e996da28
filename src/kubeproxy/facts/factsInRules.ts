/** Facts that stand in the text of the rules: a paste that holds `iptables-save` and `ip addr` one after the other. */
import type { Ruleset } from '../../rules/iptables/nodes.ts';
import type { ContentKind } from './contentKind.ts';
import { contentsOf } from './contents.ts';
import { type NodeFacts, namedFacts } from './nodeFacts.ts';

const NO_FACTS: NodeFacts = { files: new Map(), uses: [] };

/** A longer text is no paste, and is not looked through line by line. */
const LONGEST = 8 * 1024 * 1024;

/**
 * `written` is the text as it was given, of which `ruleset` was read. It is looked through only where something in it was
 * not read as rules, so that a dump pays nothing.
 */
export function factsInRules({ paste, lineProblems }: Ruleset, written: string, id: string): NodeFacts {
  const isOdd = paste !== null || lineProblems.some(({ code }) => code === 'bad-line');
  if (!isOdd || written.length > LONGEST) return NO_FACTS;
  return factsOutOf(written, id, 'rules');
}

/** The same of a list of ipvsadm's. */
export function factsInIpvs(written: string, id: string): NodeFacts {
  return written.length > LONGEST ? NO_FACTS : factsOutOf(written, id, 'ipvs');
}

/** `own`: what the text itself is read as. */
function factsOutOf(written: string, id: string, own: ContentKind): NodeFacts {
  const contents = contentsOf(written);
  const parts = contents.parts.filter(({ kind }) => kind !== own);
  const { files, uses } = namedFacts([{ id, contents: { ...contents, parts } }]);
  return { files, uses: uses.filter(({ taken }) => taken !== '') };
}
