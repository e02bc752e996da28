import { lookup } from '../text/lookup.ts';
import type { CodeLens } from 'vscode-languageserver-types';
import type { Chain } from '../rules/iptables/nodes.ts';
import { isBuiltIn } from './chains.ts';
import type { LensCommand } from './links.ts';
import type { RulesDocument } from './rulesDocument.ts';
import { counted } from './words.ts';

/** Who sends a packet that enters by a hook, where it can be said. */
const senders: Readonly<Record<string, string>> = lookup({ INPUT: 'external', OUTPUT: 'node' });

/** Lenses above the kernel's own chains that have rules, for rules of no Service: `INPUT · policy DROP, 12 rules · Trace Packet`. */
export function hookLenses(document: RulesDocument, trace: LensCommand): CodeLens[] {
  const chains = document.tables.flatMap((table) => [...document.chainsOf(table)]);
  return chains.flatMap((chain) => {
    const { declaration, name, rules } = chain;
    if (declaration === null || rules.length === 0 || !isBuiltIn(chain)) return [];
    const from = senders[name];
    const argument = trace.argument(document.uri, from === undefined ? {} : { from });
    const title = `${name} · ${wordsOf(chain)} · Trace Packet`;
    return [
      {
        range: document.rangeOf(declaration.name),
        command: { title, command: trace.command, arguments: [argument] },
      },
    ];
  });
}

function wordsOf({ declaration, rules }: Chain): string {
  const policy = declaration?.policy?.text;
  return `${policy === undefined ? '' : `policy ${policy}, `}${counted(rules.length, 'rule')}`;
}
