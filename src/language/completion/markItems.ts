/** Marks: those of rules, with the names of their bits and who sets them. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { Analysis } from '../../kubeproxy/analysis.ts';
import { markName, setBits } from '../hover/marks.ts';
import type { Candidate } from './candidates.ts';
import type { PlaceContext } from './context.ts';
import { listed } from '../words.ts';

const MARK_OPTIONS = ['--mark', '--set-xmark', '--set-mark', '--or-mark', '--and-mark', '--tproxy-mark'];
/** Names of bits that are told. */
const FEW = 3;

export function markLists(context: PlaceContext): readonly Iterable<Candidate>[] {
  const written = MARK_OPTIONS.flatMap((option) => context.habit(null, option));
  const { request } = context;
  const masquerade = request.analysis?.iptables.masqueradeMark;
  const own = masquerade === undefined ? [] : [`0x${masquerade.toString(16)}/0x${masquerade.toString(16)}`];
  return [[...new Set([...written, ...own])].map((text) => markCandidate(text, request.analysis))];
}

function markCandidate(text: string, analysis: Analysis | null): Candidate {
  const [mark = '', mask = '0xffffffff'] = text.split('/');
  const bits = setBits(mark, mask);
  const names = analysis === null ? [] : bits.map((bit) => markName(bit, analysis));
  const detail = names.length === 0 ? {} : { detail: listed(names, FEW), names: names.join(' ') };
  return { text, kind: CompletionItemKind.Constant, ...detail };
}
