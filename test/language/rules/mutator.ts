/** Makes small random changes to a dump, the same ones for the same seed. */

const words = (
  '! -j -m tcp udp -p --dport 80 99999 DROP ACCEPT RETURN KUBE-SVC-NOPE -s 10.0.0.1/33 10.0.0.300 fd00::1 0x4000/0x4000 ' +
  '0xzz --probability 1.5 0.5 -i eth0 -o LOCAL NEW BOGUS SNAT MASQUERADE REJECT owner --uid-owner 0 multiport --dports ' +
  '1,2,3 icmp all " -g INPUT COMMIT *nat conntrack --ctstate tcp-reset --reject-with MARK --set-mark'
).split(' ');

/** Rules that are kept of a dump: the judge's time goes with their number. */
const KEPT_RULES = 60;

export interface Mutant {
  readonly text: string;
  /** What is different, for a message. */
  readonly changed: string;
}

export class Mutator {
  readonly #lines: readonly string[];
  #seed: number;

  constructor(dump: string, seed: number) {
    // Counters by nfacct must exist in the kernel before.
    this.#lines = dump.split('\n').filter((line) => !line.includes('nfacct'));
    this.#seed = seed;
  }

  next(): Mutant {
    const kept = this.#fewerRules();
    const lines = [...kept];
    const places = lines.flatMap((line, index) => (line === '' || line.startsWith('#') ? [] : [index]));
    const rules = places.filter((index) => lines[index]?.startsWith('-A') === true);
    const place = this.#pick(this.#random(4) === 0 ? places : rules);
    const before = lines[place] ?? '';
    lines.splice(place, 1, ...this.#change(before, lines[this.#pick(places)] ?? ''));
    return { text: lines.join('\n'), changed: `${before}\n→ ${lines[place] ?? ''}` };
  }

  #change(line: string, other: string): string[] {
    const parts = line.split(' ');
    const at = this.#random(parts.length);
    const cut = this.#random(line.length);
    switch (this.#random(8)) {
      case 0:
        return [parts.toSpliced(at, 1).join(' ')];
      case 1:
        return [parts.with(at, this.#word()).join(' ')];
      case 2:
        return [parts.toSpliced(at, 0, this.#word()).join(' ')];
      case 3:
        return [];
      case 4:
        return [other, line];
      case 5:
        return [line.slice(0, cut) + line.slice(cut + 1)];
      case 6:
        return [line.slice(0, cut) + String.fromCharCode(33 + this.#random(94)) + line.slice(cut)];
      default: {
        const second = this.#random(parts.length);
        const [one = '', two = ''] = [parts[at], parts[second]];
        return [parts.with(at, two).with(second, one).join(' ')];
      }
    }
  }

  /** Some rules, and the kube-proxy chains that they use. */
  #fewerRules(): string[] {
    const total = this.#lines.filter((line) => line.startsWith('-A')).length;
    const kept = this.#lines.filter((line) => !line.startsWith('-A') || this.#random(total) < KEPT_RULES);
    const used = new Set(
      kept.flatMap((line) => [/^-A (\S+)/.exec(line)?.[1], / -[jg] (\S+)/.exec(line)?.[1]]),
    );
    return kept.filter((line) => !line.startsWith(':KUBE-') || used.has(line.slice(1).split(' ')[0]));
  }

  #word(): string {
    return words[this.#random(words.length)] ?? '';
  }

  #pick(places: readonly number[]): number {
    return places[this.#random(places.length)] ?? 0;
  }

  /** A whole number below `limit` (mulberry32). */
  #random(limit: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}
