import { IPVS, type SourceId } from '../../kernel/ruleAt.ts';
import { type IpvsText, readIpvs } from '../../kubeproxy/ipvsSource.ts';
import type { IpvsRules } from '../../rules/ipvs/nodes.ts';
import { OtherDocument } from '../otherDocument.ts';

/** The language id of what ipvsadm lists, as an editor says it. */
export const IPVSADM = 'ipvsadm';

/** One version of a document of ipvsadm, in any of its forms. */
export class IpvsDocument extends OtherDocument {
  #rules: IpvsRules | null = null;

  get ipvs(): IpvsRules {
    return (this.#rules ??= readIpvs(this.text));
  }

  /** As a text of the node. */
  get ipvsText(): IpvsText {
    return { rules: this.ipvs, lines: this.lines };
  }

  override get source(): SourceId {
    return IPVS;
  }

  override withText(version: number, text: string): IpvsDocument {
    return new IpvsDocument({ uri: this.uri, version, text });
  }
}
