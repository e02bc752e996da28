/** Rules that are small to write and would be dear to follow. Nothing here is bad input to a parser. */

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** A filter table with these rules, and declarations of these chains. */
function filter(rules: readonly string[], chains: readonly string[] = []): string {
  const declared = ['INPUT', 'FORWARD', 'OUTPUT'].map((name) => `:${name} ACCEPT [0:0]`);
  const own = chains.map((name) => `:${name} - [0:0]`);
  return ['*filter', ...declared, ...own, ...rules, 'COMMIT', ''].join('\n');
}

const random = (count: number): readonly string[] =>
  numbers(count).map(
    (bit) =>
      `-A FORWARD -m statistic --mode random --probability 0.5 -j MARK --set-xmark 0x${(2 ** bit).toString(16)}/0x${(2 ** bit).toString(16)}`,
  );

/** 2^count ways, and then plain rules that none of them matches. */
export function randomThenPlain(count: number, plain: number): string {
  const rest = numbers(plain).map(
    (index) => `-A FORWARD -p tcp -m ttl --ttl-eq ${100 + (index % 100)} -j DROP`,
  );
  return filter([...random(count), ...rest]);
}

/** Chains that each go to the next one. */
export function gotos(count: number): string {
  const names = numbers(count).map((index) => `C${index}`);
  const rules = names.slice(1).map((name, index) => `-A C${index} -g ${name}`);
  return filter(['-A FORWARD -g C0', ...rules], names);
}

/** Chains that each jump to the next one, deeper than the kernel would let them. */
export function jumps(count: number): string {
  const names = numbers(count).map((index) => `C${index}`);
  const rules = names.slice(1).map((name, index) => `-A C${index} -j ${name}`);
  return filter(['-A FORWARD -j C0', ...rules], names);
}

/** Rules with a match that nobody knows, and that let the packet go on. */
export function unknownMatches(count: number): string {
  return filter(
    numbers(count).map(
      (index) => `-A FORWARD -m foo${index} --bar x -j MARK --set-xmark 0x${index.toString(16)}/0xffffffff`,
    ),
  );
}

/** One rule with as many words before its target. */
export function longRule(word: string, count: number): string {
  return filter([`-A FORWARD ${`${word} `.repeat(count)}-j DROP`]);
}

/** Rules that match and go on. */
export function matchingRules(count: number): string {
  return filter(
    numbers(count).map((index) => `-A FORWARD -j MARK --set-xmark 0x${index.toString(16)}/0xffffffff`),
  );
}

/** Rules that do the same to the mark, as a script leaves them that runs again and again. */
export function sameRules(count: number): string {
  return filter(numbers(count).map(() => '-A FORWARD -s 198.51.100.0/24 -j MARK --set-xmark 0x1/0x1'));
}

/** Chains that each jump twice to the next one. */
export function jumpBomb(depth: number): string {
  const names = numbers(depth).map((index) => `B${index}`);
  const rules = names
    .slice(1)
    .flatMap((name, index) => [`-A B${index} -j ${name}`, `-A B${index} -j ${name}`]);
  return filter(['-A FORWARD -j B0', ...rules], names);
}

/** Rules that each have an error. */
export function wrongRules(count: number): string {
  return filter(numbers(count).map((index) => `-A FORWARD -s 192.0.2.7/32 -j NOPE${index}`));
}

/** A native table of rules that each set another mark. */
export function nativeMarks(count: number): string {
  return native(numbers(count).map((index) => `meta mark set ${index}`));
}

/** A native table of rules that no packet is known to match. */
export function nativeRules(count: number): string {
  return native(numbers(count).map((index) => `ip ttl ${index % 250} counter`));
}

/** Chains of a native table that each go to the next one. */
export function nativeGotos(count: number): string {
  const chains = numbers(count)
    .map((index) => chainOf(`C${index}`, [index + 1 < count ? `goto C${index + 1}` : 'accept']))
    .toReversed();
  return native(['goto C0'], chains);
}

function native(rules: readonly string[], chains: readonly string[] = []): string {
  const hook = 'type filter hook forward priority filter; policy accept;';
  return ['table ip filter {', ...chains, chainOf('FORWARD', [hook, ...rules]), '}', ''].join('\n');
}

function chainOf(name: string, lines: readonly string[]): string {
  return [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}'].join('\n');
}
