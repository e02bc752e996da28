/** How files of other kinds begin. */
const BEGINNINGS: readonly (readonly [name: string, beginning: string])[] = [
  ['a PDF', '%PDF-'],
  ['a gzip file', '\u001f\u008b'],
  ['a zip file', 'PK\u0003\u0004'],
  ['a program (ELF)', '\u007fELF'],
  ['a packet capture', '\u00d4\u00c3\u00b2\u00a1'],
  ['a packet capture', '\n\r\r\n'],
];

/** What a text that holds no rules looks like, told from its first lines. Each row: a name for a message, and a sign of it. */
const SIGNS: readonly (readonly [name: string, sign: RegExp])[] = [
  // `table ip nat {`
  [
    'an nft ruleset',
    /^\s*(table|chain|add table|add chain|flush ruleset)\b( (ip|ip6|inet|arp|bridge|netdev)\b|.*\{\s*$|\s*$)/m,
  ],
  ['nft ruleset JSON', /^\s*\{\s*"nftables"/],
  ['JSON', /^\s*[[{]\s*("|\{|\[|\]|\}|$)/],
  // `Chain INPUT (policy ACCEPT 0 packets, 0 bytes)`
  ['a listing of iptables -L', /^Chain \S+ \((policy \w+|\d+ references)/m],
  // `-A -t 10.96.0.1:443 -s rr`
  ['ipvsadm output', /^(IP Virtual Server|-A -[tuf] \S+ -s \w+)/m],
  // `create KUBE-CLUSTER-IP hash:ip,port family inet`
  ['ipset output', /^(create|add) \S+ (hash|bitmap|list):/m],
  ['a web page', /^\s*<(!doctype|html)/i],
  ['XML', /^\s*<[?\w]/],
  ['a shell script', /^(#!|\s*(sudo )?ip6?tables\s+-)/m],
  // `apiVersion: v1`, `- name: x`
  ['YAML', /^(---\s*$|\s*(- )?[\w."/-]+:(\s|$))/m],
];

/** Enough to tell, and little enough not to search a large file. */
const SAMPLE = 4000;

/** Names what `text` looks like, with its article: `a PDF`, `an nft ruleset`, `binary data`, else `plain text`. */
export function nameForeign(text: string): string {
  const sample = text.slice(0, SAMPLE);
  const begun = BEGINNINGS.find(([, beginning]) => sample.startsWith(beginning));
  if (begun !== undefined) return begun[0];
  if (isWide(sample)) return 'text in UTF-16';
  const found = SIGNS.find(([, sign]) => sign.test(sample));
  if (found !== undefined) return found[0];
  return isBinary(sample) ? 'binary data' : 'plain text';
}

/** Every second character is zero where UTF-16 was read as UTF-8; two may stand for its byte order mark. */
function isWide(sample: string): boolean {
  const start = sample.slice(2, 42);
  const zeros = start.split('\0').length - 1;
  return start.length >= 4 && zeros >= Math.floor(start.length / 2) - 1 && !start.includes('\0\0\0');
}

function isBinary(sample: string): boolean {
  let controls = 0;
  for (let index = 0; index < sample.length; index++) {
    const code = sample.charCodeAt(index);
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffd) controls++;
  }
  return controls > Math.max(2, sample.length * 0.02);
}
