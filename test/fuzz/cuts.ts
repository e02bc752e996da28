import { readFileSync } from 'node:fs';

/** Small dumps cut from real ones: every built-in chain, and the rules that are about `parts`, with what they jump to. */
export function cutDump(path: string, parts: readonly RegExp[]): string {
  const lines = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').split('\n');
  const kept = new Set(lines.filter((line) => parts.some((part) => part.test(line))).flatMap(chainsOf));
  return lines
    .filter(
      (line) =>
        !/^:KUBE-(SVC|SEP|EXT|SVL|FW|XLB)|^-A .*KUBE-(SVC|SEP|EXT|SVL|FW|XLB)/.test(line) ||
        chainsOf(line).every((chain) => kept.has(chain)),
    )
    .join('\n');
}

/** The hashed chains that a line names. */
function chainsOf(line: string): readonly string[] {
  return line.match(/KUBE-(?:SVC|SEP|EXT|SVL|FW|XLB)-[A-Z2-7]{16}/g) ?? [];
}
