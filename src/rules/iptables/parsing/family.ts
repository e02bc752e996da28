import type { ValueKind } from '../catalogue/definitions.ts';
import type { Option, Rule, Table } from '../nodes.ts';
import type { Family } from '../../../values/address.ts';

const ADDRESS_KINDS: ReadonlySet<ValueKind | null> = new Set([
  'addressList',
  'network',
  'address',
  'addressRange',
  'natDestination',
  'natSource',
  'netmap',
]);

/** 4 or 6 from the program that wrote the table, else from the first rule that tells; null where nothing tells. */
export function familyOfTable(table: Pick<Table, 'generator' | 'chains'>): Family | null {
  const program = table.generator?.program;
  if (program?.startsWith('ip6tables') === true) return 6;
  if (program?.startsWith('iptables') === true) return 4;
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      const family = familyOfRule(rule);
      if (family !== null) return family;
    }
  }
  return null;
}

/** By its addresses, protocols and extensions. One with `-4` or `-6` tells nothing: a text with such rules is for both families. */
export function familyOfRule(rule: Rule): Family | null {
  const { target } = rule;
  if (rule.general.some(({ definition }) => definition?.name === '-4' || definition?.name === '-6'))
    return null;
  return (
    firstFamily(rule.general) ??
    rule.matches.reduce<Family | null>(
      (found, match) => found ?? onlyFamily(match.definition) ?? firstFamily(match.options),
      null,
    ) ??
    onlyFamily(target?.definition ?? null) ??
    firstFamily(target?.options ?? [])
  );
}

/** The family of an extension that exists in one only: `ttl`, `icmp6`, `SNPT`. */
function onlyFamily(extension: { readonly families: readonly Family[] } | null): Family | null {
  return extension?.families.length === 1 ? (extension.families[0] ?? null) : null;
}

function firstFamily(options: readonly Option[]): Family | null {
  for (const { definition, values } of options) {
    const text = values[0]?.text ?? '';
    const family = familyOfValue(definition?.kind ?? null, text);
    if (family !== null) return family;
  }
  return null;
}

function familyOfValue(kind: ValueKind | null, text: string): Family | null {
  if (ADDRESS_KINDS.has(kind)) {
    // `10.0.0.1-10.0.0.9:80`, `[fd00::1]:80`, `fd00::/8`, `::1`
    if (/^\d+\.\d+\.\d+\.\d+/.test(text)) return 4;
    return /^\[?[\da-f]*:[\da-f]*:/i.test(text) ? 6 : null;
  }
  if (kind === 'protocol') {
    if (text === 'icmp' || text === '1') return 4;
    return text === 'icmpv6' || text === 'ipv6-icmp' || text === '58' ? 6 : null;
  }
  if (kind !== 'rejectWith') return null;
  if (text.startsWith('icmp6-')) return 6;
  return text.startsWith('icmp-') ? 4 : null;
}
