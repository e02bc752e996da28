/** A rule that is being written: where it stands, and what its words are about. */
import { ruleAlone } from '../../../rules/nftables/checks/ruleAlone.ts';
import { typedOf, type Typed } from '../../../rules/nftables/checks/types.ts';
import type { Hooked, Scope } from '../../../rules/nftables/checks/world.ts';
import type { NamedAddress } from '../../completion/knownNames.ts';
import type { NftDocument } from '../nftDocument.ts';
import type { NftPlace } from './place.ts';

/** A rule that is being written, and where. */
export interface RuleContext {
  readonly document: NftDocument;
  readonly place: NftPlace;
  readonly family: string;
  readonly scope: Scope;
  readonly hooks: readonly Hooked[];
  readonly addresses: Iterable<NamedAddress>;
}

/** Types of what `words` end with, as what is compared; null where they end with nothing of the kind. */
export function typesBehind(words: string, scope: Scope): readonly Typed[] | null {
  const last = ruleAlone(`${words} @x`)?.statements.at(-1);
  const isCompared = last?.kind === 'match' && last.right.kind === 'reference' && last.right.name === 'x';
  return isCompared ? typedOf(last.left, scope) : null;
}
