import type { SignatureHelp } from 'vscode-languageserver-types';
import type { OptionDefinition, ValueKind } from '../rules/iptables/catalogue/definitions.ts';
import { placeAt } from './completion/place.ts';
import type { RulesDocument } from './rulesDocument.ts';

/** What the values of an option are called, and what each is; options of one value are told by completion and hovers. */
const parameters: Partial<Record<ValueKind, readonly (readonly [name: string, doc: string])[]>> = {
  setMatch: [
    ['SET', 'The name of the set.'],
    ['src|dst,…', 'Which parts of the packet are looked up, one for each dimension of the set.'],
  ],
  tcpFlags: [
    ['LOOKED-AT', 'The flags that count, with commas.'],
    ['SET', 'Those of them that have to be set; the others must not be. `NONE` for none.'],
  ],
  chunkTypes: [
    ['any|all|only', 'Whether one of the chunks is enough, all are needed, or no others may be there.'],
    ['CHUNKS', 'The chunks, with commas, or `ALL` or `NONE`.'],
  ],
};

const counters = [
  ['PACKETS', 'The packets counted so far.'],
  ['BYTES', 'The bytes counted so far.'],
] as const;

/** For an option of several values, behind whose name `offset` is; null anywhere else. */
export function signatureHelpAt(document: RulesDocument, offset: number): SignatureHelp | null {
  const place = placeAt(document, offset);
  if (place === null || place.kind !== 'value' || place.option.values < 2) return null;
  const { option, index } = place;
  const named = option.name === '-c' ? counters : (parameters[option.kind ?? 'word'] ?? valuesOf(option));
  const names = named.map(([name]) => name);
  return {
    signatures: [
      {
        label: [option.name, ...names].join(' '),
        documentation: option.doc,
        parameters: named.map(([label, documentation]) => ({ label, documentation })),
        activeParameter: index,
      },
    ],
    activeSignature: 0,
    activeParameter: index,
  };
}

function valuesOf({ values }: OptionDefinition): readonly (readonly [string, string])[] {
  return Array.from({ length: values }, (_, index) => [`VALUE${index + 1}`, ''] as const);
}
