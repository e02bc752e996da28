/**
 * nft does not print every rule as the kernel has it: it takes a test for one that follows from the next and leaves it out, or names
 * a field by another protocol. The judge reads the listing, so it keeps only rules that nft itself makes again out of what it prints.
 */
import { Namespace } from '../namespace.ts';

/** Deletes the other rules. `lines`: what was loaded into `space`, whose tables, sets and chains are made again elsewhere. */
export function deleteMisprinted(space: Namespace, lines: readonly string[]): void {
  const again = new Namespace('again');
  try {
    const texts = textsOf(space.run(['nft', '-a', '-s', 'list', 'ruleset']));
    load(
      again,
      lines.filter((line) => !line.startsWith('add rule ')),
    );
    load(
      again,
      texts.flatMap(({ table, handle, text }) => [
        `add chain ${table} ${copyOf(handle)}`,
        `add rule ${table} ${copyOf(handle)} ${text}`,
      ]),
    );
    const [first, second] = [space, again].map(codesOf);
    load(
      space,
      texts
        .filter(
          ({ table, chain, handle }) =>
            first?.get(`${table} ${chain} ${handle}`) !== second?.get(`${table} ${copyOf(handle)}`),
        )
        .map(({ table, chain, handle }) => `delete rule ${table} ${chain} handle ${handle}`),
    );
  } finally {
    again.close();
  }
}

/** Lines that nft refuses are left out. */
function load(space: Namespace, lines: readonly string[]): void {
  space.attempt(['nft', '-i'], `${lines.join('\n')}\n`);
}

function copyOf(handle: string): string {
  return `copy${handle}`;
}

interface Listed {
  /** `inet t0` */
  readonly table: string;
  readonly chain: string;
  readonly handle: string;
  /** The rule as it is printed. */
  readonly text: string;
}

/** The rules of the judge's own tables in a listing with handles. */
function textsOf(listing: string): readonly Listed[] {
  let [table, chain] = ['', ''];
  return listing.split('\n').flatMap((line) => {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    const [, text, handle] = /^\t\t(.+) # handle (\d+)$/.exec(line) ?? [];
    if (text === undefined || handle === undefined || !OWN.test(table)) return [];
    return [{ table, chain, handle, text }];
  });
}

const OWN = / t\d$/;

/** What the kernel has, by `inet t0 chain 7`, of copies by `inet t0 copy7`: without counts and the numbers of anonymous sets. */
function codesOf(space: Namespace): ReadonlyMap<string, string> {
  const printed = space.run(['nft', '--debug=netlink', '-a', 'list', 'ruleset']);
  const codes = new Map<string, string>();
  for (const rule of printed.split('\n\n')) {
    const [, place, chain, handle, code] =
      /^(?:.*\n)*?(\S+ t\d) (\S+) (\d+)(?: \d+)*\n((?: {2}\[.*\n?)+)/.exec(rule) ?? [];
    if (place === undefined || chain === undefined || code === undefined) continue;
    const name = chain.startsWith('copy') ? chain : `${chain} ${handle}`;
    codes.set(`${place} ${name}`, evened(code));
  }
  return codes;
}

function evened(code: string): string {
  return code
    .replace(/counter pkts \d+ bytes \d+/g, 'counter')
    .replace(/consumed \d+/g, 'consumed')
    .replace(/__(set|map)\d+/g, '$1');
}
