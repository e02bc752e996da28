/** What nft refuses in a text of nftables. */
import type { FindingKind } from './kind.ts';

export const nftKinds = {
  'nft-syntax': {
    title: 'nft does not read this',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'nft knows no such word in this place, or a word, a brace or a line’s end is missing. It stops there, and nothing of the file is loaded.',
    cure: 'Correct the words.',
  },
  'nft-misprint': {
    title: 'nft lists this, and does not read it',
    severity: 'information',
    layer: 'syntax',
    meaning:
      '`nft list ruleset` prints `[invalid type]` behind some values, and `xt match` or `xt target` for rules of iptables-nft that it has no words for. The listing cannot be loaded as it is; the kernel has the rules all the same.',
    cure: 'Nothing needs to be done to read it. Of rules of iptables-nft load the output of `iptables-save`.',
  },
  'nft-unknown-name': {
    title: 'Nothing has this name',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A rule names a chain, a set, a map, an object or a define that the file does not have. nft refuses the whole file, unless the kernel holds it already and the file does not begin by flushing it.',
    cure: 'Correct the name, or declare it in the same table. Names of another table cannot be used.',
  },
  'nft-twice': {
    title: 'The same is said twice',
    severity: 'error',
    layer: 'syntax',
    meaning: 'Two definitions or elements have the same name or key, and do not agree.',
    cure: 'Take one of them away.',
  },
  'nft-misplaced': {
    title: 'It cannot stand in this place',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'The family, hook or type of the chain does not allow it: a `nat` chain at `forward`, `masquerade` at `prerouting`, `ip6` in a table of `ip`. nft or the kernel refuses the whole file.',
    cure: 'Put it into a chain of the right kind.',
  },
  'nft-value': {
    title: 'The value does not fit',
    severity: 'error',
    layer: 'syntax',
    meaning:
      'A value is of another type than what it is compared with, or out of its range. The name of a port, a protocol or a host that is not known here is a warning: nft looks it up in `/etc/services`, `/etc/protocols` or `/etc/hosts` of the machine. Names of users, groups, marks, realms, labels and groups of devices are taken as they are.',
    cure: 'Write a value of the type; `nft describe ip saddr` tells what a field takes.',
  },
} as const satisfies Record<string, FindingKind>;
