import type { Candidate } from './candidates.ts';
import type { Place } from './place.ts';

/** What an item comes back with to be documented: plain words, which a client may have made up. */
export interface ItemData {
  readonly uri: string;
  readonly kind: 'option' | 'match' | 'target' | 'chain' | 'value' | 'other';
  /** `-m conntrack` → `conntrack`; of a value the option that it is of. */
  readonly name: string;
  /** The value itself; else empty. */
  readonly value: string;
  readonly table: string;
  /** Of an option, the matches and the target that the rule has loaded. */
  readonly loaded: readonly string[];
}

export function itemData(uri: string, place: Place, { text }: Candidate): ItemData {
  const table = place.table?.name ?? '';
  const base = { uri, name: text, value: '', table, loaded: [] };
  switch (place.kind) {
    case 'option': {
      const { matches, target, general } = place.body;
      const protocols = general.flatMap((option) =>
        option.name.text === '-p' ? (option.values[0]?.text ?? []) : [],
      );
      const loaded = [...matches, ...(target === null ? [] : [target])].map(({ name }) => name.text);
      return { ...base, kind: 'option', loaded: [...loaded, ...protocols] };
    }
    case 'match':
      return { ...base, kind: 'match' };
    case 'jump':
      return { ...base, kind: place.table.chains.has(text) ? 'chain' : 'target' };
    case 'goto':
    case 'chain':
      return { ...base, kind: 'chain' };
    case 'value':
      return { ...base, kind: 'value', name: place.option.name, value: text };
    default:
      return { ...base, kind: 'other' };
  }
}
