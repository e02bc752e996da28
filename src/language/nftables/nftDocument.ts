import type { SourceId } from '../../kernel/ruleAt.ts';
import { cleanNftText } from '../../kubeproxy/cleanNftText.ts';
import { type NftPaste, readNftPaste } from '../../kubeproxy/nftPaste.ts';
import { NFT, type NftText } from '../../kubeproxy/nftSource.ts';
import type { Ruleset } from '../../rules/nftables/nodes.ts';
import { parseRuleset } from '../../rules/nftables/parser.ts';
import { Kept } from '../../text/kept.ts';
import type { CleanPaste } from '../rulesDocument.ts';
import { OtherDocument } from '../otherDocument.ts';

/** The language id of nftables, as an editor says it. */
export const NFTABLES = 'nftables';

/** One version of a document of nftables. */
export class NftDocument extends OtherDocument {
  /** What is worked out of `nft`. */
  readonly keptOfNft: Kept<NftDocument> = new Kept<NftDocument>(this);
  #nft: Ruleset | null = null;
  #paste: NftPaste | null = null;

  /** Without what stands around the rules of a text that was pasted; each offset is that of `text`. */
  get paste(): NftPaste {
    return (this.#paste ??= readNftPaste(this.text));
  }

  get nft(): Ruleset {
    return (this.#nft ??= parseRuleset(this.paste.text));
  }

  /** As a text of the node. */
  get nftText(): NftText {
    return { file: 'nft.txt', ruleset: this.nft, lines: this.lines, noise: this.paste.noise };
  }

  override get cleanPaste(): CleanPaste | null {
    const { text, paste } = this;
    return paste.noise.length === 0 ? null : { written: text, text: cleanNftText(text, paste) };
  }

  override get source(): SourceId {
    return NFT;
  }

  override withText(version: number, text: string): NftDocument {
    return new NftDocument({ uri: this.uri, version, text });
  }
}
