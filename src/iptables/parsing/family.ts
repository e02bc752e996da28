import type { Option, Table } from '../nodes.ts';
import { parseAddress } from '../values/address.ts';

/** 4 or 6 from the program that wrote the table, else from the first rule that tells; null where nothing tells. */
export function familyOfTable(table: Pick<Table, 'generator' | 'chains'>): 4 | 6 | null {
  const program = table.generator?.program;
  if (program !== undefined) return program.startsWith('ip6') ? 6 : program.startsWith('iptables') ? 4 : null;
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      for (const option of rule.general) {
        const family = familyOfOption(option);
        if (family !== null) return family;
      }
    }
  }
  return null;
}

function familyOfOption(option: Option): 4 | 6 | null {
  const value = option.values[0]?.text ?? '';
  switch (option.name.text) {
    case '-s':
    case '-d':
    case '--source':
    case '--src':
    case '--destination':
    case '--dst':
      return parseAddress(value.split('/', 1)[0] ?? '')?.family ?? null;
    case '-p':
    case '--protocol':
      return value === 'icmp' ? 4 : value === 'icmpv6' || value === 'ipv6-icmp' ? 6 : null;
    default:
      return null;
  }
}
