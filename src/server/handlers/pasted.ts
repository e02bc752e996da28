import type { Connection } from 'vscode-languageserver';
import { isIpvsText, readIpvs } from '../../kubeproxy/ipvsSource.ts';
import { nftFigures, nftFileOf, nftText } from '../../kubeproxy/nftSource.ts';
import { type PastedText, pastedRequest } from '../../protocol/requests.ts';
import { parseRuleset } from '../../rules/iptables/parser.ts';
import { answer } from '../answer.ts';
import { readPastedParams } from '../params.ts';
import { rulesIn } from '../rulesIn.ts';

/** Whether a text that no document holds yet has rules. */
export function handlePasted(connection: Connection): void {
  answer(connection, pastedRequest, readPastedParams, ({ text }) => Promise.resolve(pastedText(text)));
}

function pastedText(text: string): PastedText {
  if (isIpvsText(text)) {
    const rules = readIpvs(text).services.length;
    return { rules, chains: 0, what: 'virtual servers of IPVS', language: 'ipvsadm' };
  }
  if (nftFileOf('', text) !== 'nft.txt') return rulesIn(parseRuleset(text));
  return { ...nftFigures(nftText('nft.txt', text)), what: 'rules of nftables', language: 'nftables' };
}
