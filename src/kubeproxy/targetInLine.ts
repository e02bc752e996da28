/** HOT PATH: the target of a rule by its text, so that no nodes are made of rules that are not asked about. */

/** Words that may be a jump, together with other letters too: `-j`, `--jump`, `-g`, `-4j`. */
const JUMPS = / -(?:-?[jg]|[^-\s]\S*[jg])/g;

/** Nothing that could be quoted stands behind the jump; and the word before it is no option, which could take `-j` for its value. */
const TARGET = / [^-\s]\S* -j ([\w-]+)(?: [^\s"'\\]+)*$/;

/** `-A INPUT -p tcp -m tcp --dport 22 -j DROP` → `DROP`; null where only the words of the rule tell. */
export function targetInLine(line: string): string | null {
  const target = TARGET.exec(line)?.[1];
  return target === undefined || line.match(JUMPS)?.length !== 1 ? null : target;
}
