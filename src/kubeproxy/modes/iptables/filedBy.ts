/**
 * HOT PATH, written for speed: the words that rules of kube-proxy's are filed by, found in lines that are in the very words
 * of iptables-save. The end of such a line is its target, so that no comment stands there.
 */
import { normalAddress } from '../../../values/address.ts';
import { readHostPort } from '../../../values/hostPort.ts';
import type { Span } from '../../../text/span.ts';
import { splitPortName } from '../../services/portName.ts';
import {
  commentOf,
  destinationAddressOf,
  targetNameOf,
  targetOption,
  valueOf,
} from '../../words/ruleView.ts';
import { dispatchEndings, readServiceComment } from './comments.ts';
import { readFamilyChain } from './roles.ts';
import { type FiledBy, keyOf, NO_WORD, UNSURE } from './ruleIndex.ts';

const SUFFIX = 16;
const MARKS = ' -j KUBE-MARK-MASQ';

/** By the hash in the name of the chain that it jumps to: `… -j KUBE-SVC-LOLE4ISW44XBNF3G`. */
export const bySuffix: FiledBy = {
  inText: (text, start, end) => {
    const from = end - SUFFIX;
    const isJump =
      isAt(JUMP, text, start, from - 'SVC-'.length) || isAt(JUMP, text, start, from - 'FW-'.length);
    if (isJump) return keyOf(text, from, end);
    return isAt(MARKS, text, start, end) ? NO_WORD : UNSURE;
  },
  inWords: (rule) => readFamilyChain(targetNameOf(rule) ?? '')?.suffix ?? null,
};

const JUMP = ' -j KUBE-';

/** Whether `word` stands before `end`. */
function isAt(word: string, text: string, start: number, end: number): boolean {
  return end - word.length > start && text.startsWith(word, end - word.length);
}

/** Whether a rule may jump to KUBE-MARK-MASQ; true where only its words tell. */
export function mayMark({ start, end }: Span, text: string): boolean {
  return bySuffix.inText(text, start, end) < 0;
}

const BLANK = 32;
const QUOTE = 34;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;

/** By the address that it translates to: `… --to-destination 10.244.1.5:8080`. */
export const byEndpoint: FiledBy = {
  inText: (text, start, end) => {
    let colon = end - 1;
    while (colon > start && isDigit(text.charCodeAt(colon))) colon--;
    if (colon === end - 1) return isAt(MARKS, text, start, end) ? NO_WORD : UNSURE;
    if (text.charCodeAt(colon) !== COLON) return UNSURE;
    let from = colon;
    while (from > start && isOfQuad(text.charCodeAt(from - 1))) from--;
    return from < colon && isAt(' --to-destination ', text, start, from) ? keyOf(text, from, colon) : UNSURE;
  },
  inWords: (rule) => {
    const word = targetNameOf(rule) === 'DNAT' ? valueOf(targetOption(rule, '--to-destination')) : null;
    return word === null ? null : normalAddress(readHostPort(word).address);
  },
};

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isOfQuad(code: number): boolean {
  return code === DOT || isDigit(code);
}

/** By the one address that it is for, `-A KUBE-SERVICES -d 10.96.0.1/32 …`; by the empty word where that is none. */
export const byDestination: FiledBy = {
  inText: (text, start, end) => {
    const chain = text.charCodeAt(start) === BRACKET ? text.indexOf('] ', start) + 2 : start;
    const option = text.indexOf(' ', chain + '-A '.length);
    if (option === -1 || !text.startsWith(DESTINATION, option)) return UNSURE;
    const from = option + DESTINATION.length;
    let at = from;
    while (at < end && isOfQuad(text.charCodeAt(at))) at++;
    return at > from && text.startsWith('/32 ', at) ? keyOf(text, from, at) : UNSURE;
  },
  inWords: (rule) => normalAddress(destinationAddressOf(rule) ?? ''),
};

const DESTINATION = ' -d ';

/** By the Service that its comment names, `… --comment "default/web:http cluster IP" …`; by the empty word where that is none. */
export const byService: FiledBy = {
  inText: (text, start, end) => {
    const line = text.slice(start, end);
    const from = line.indexOf(COMMENT) + COMMENT.length;
    const quote = line.indexOf('"', from);
    if (from < COMMENT.length || quote === -1) return UNSURE;
    const to = endOfService(line, from, quote);
    const blank = line.indexOf(' ', to);
    const isName =
      to > from && (blank === -1 || blank > quote || dispatchEndings.has(line.slice(blank, quote)));
    return isName ? keyOf(line, from, to) : UNSURE;
  },
  inWords: (rule) => {
    const name = splitPortName(readServiceComment(commentOf(rule))?.name ?? '');
    return name === null ? '' : serviceWord(name.namespace, name.service);
  },
};

/** Of `default/web:http cluster IP"` the place behind `default/web`; -1 where it does not begin so. */
function endOfService(line: string, from: number, quote: number): number {
  let slash = -1;
  for (let at = from; at <= quote; at++) {
    const code = line.charCodeAt(at);
    if (code === BACKSLASH || (code === SLASH && slash !== -1)) return -1;
    if (code === SLASH) slash = at;
    if (code === COLON || code === BLANK || code === QUOTE) return slash > from && slash < at - 1 ? at : -1;
  }
  return -1;
}

const COMMENT = ' --comment "';

/** `default/web`, by which rules are filed. */
export function serviceWord(namespace: string, service: string): string {
  return `${namespace}/${service}`;
}
