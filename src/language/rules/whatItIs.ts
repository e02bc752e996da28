interface Sign {
  readonly sign: RegExp;
  readonly what: string;
}

const signs: readonly Sign[] = [
  // `%PDF-1.7`
  { sign: /^%PDF-/, what: 'a PDF document' },
  // gzip's two bytes, read as Latin-1 or UTF-8
  { sign: /^\u001f[\u008b\ufffd]/, what: 'a gzip archive (unpack it first)' },
  { sign: /^PK\u0003\u0004/, what: 'a zip archive (unpack it first)' },
  { sign: /^\u007fELF/, what: 'a program' },
  // `table ip kube-proxy {`, possibly below `# Warning` lines
  {
    sign: /^\s*(?:#[^\n]*\n\s*)*table (?:ip|ip6|inet|arp|bridge|netdev) \S+ \{/,
    what: 'an nftables ruleset ("nft list ruleset")',
  },
  // `{"nftables": [{"metainfo": …`
  { sign: /^\s*\{\s*"nftables"/, what: 'an nftables ruleset in JSON ("nft -j list ruleset")' },
  // `Chain INPUT (policy ACCEPT 0 packets, 0 bytes)`
  { sign: /^\s*Chain \S+ \((?:policy \w+|\d+ references)/m, what: 'a listing for people ("iptables -L")' },
  // `create KUBE-CLUSTER-IP hash:ip,port family inet …`
  { sign: /^create \S+ (?:hash|bitmap|list):/, what: 'an ipset dump ("ipset save")' },
  { sign: /^\s*[{[]\s*"/, what: 'JSON' },
  { sign: /^\s*(?:apiVersion|kind|metadata):/m, what: 'YAML' },
  { sign: /^\s*<(?:!doctype|html|\?xml)/i, what: 'a web page or XML' },
  // half of UTF-16's bytes are zero in such a text
  {
    sign: /^(?:\ufffd|\u00ff\u00fe|\u00fe\u00ff)?(?:[ -~]\0|\0[ -~]){4}/,
    what: 'UTF-16 text read as another encoding (reopen it with UTF-16)',
  },
  { sign: /\0/, what: 'a binary file' },
];

/** What a text that is no rules seems to be, with its article: `a PDF document`. Looks at its beginning only. */
export function whatItIs(text: string): string {
  const beginning = text.slice(0, 4_096);
  return signs.find(({ sign }) => sign.test(beginning))?.what ?? 'something else';
}
