/** The text of `ipset list` as the lines of `ipset save`. */

interface ListedSet {
  readonly name: string;
  type: string;
  header: string;
  /** As the listing counts them; null where it does not (ipset before 6.32). */
  count: number | null;
  /** Null until "Members:" was read. */
  members: string[] | null;
}

interface SavedLines {
  readonly lines: readonly string[];
  /** Of sets that are left out: their members are not all there. */
  readonly problems: readonly string[];
}

/** `Name: PEERS` */
const NAME = /^Name: (\S+)\s*$/;
/** `Type: hash:ip`, `Members:` */
const FIELD = /^(Type|Revision|Header|Size in memory|References|Number of entries|Members):\s*(.*)$/;

export function isSetName(line: string): boolean {
  return NAME.test(line);
}

/** Null where the text is no such listing. `add` and `create` lines between the sets stay as they are. */
export function ipsetSaved(text: string): SavedLines | null {
  const sets: ListedSet[] = [];
  const others: string[] = [];
  for (const line of text.split('\n')) {
    const name = NAME.exec(line)?.[1];
    const last = sets.at(-1);
    if (name !== undefined) sets.push({ name, type: '', header: '', count: null, members: null });
    else if (/^(create|add|-N|-A) /.test(line)) others.push(line);
    else if (last !== undefined) readLine(line.trim(), last);
    else others.push(line);
  }
  if (sets.length === 0) return null;
  const whole = sets.filter(isWhole);
  return {
    lines: [...others, ...whole.flatMap(savedLines)],
    problems: sets
      .filter((set) => !isWhole(set))
      .map(({ name }) => `the members of "${name}" are not all listed, so that it is left out`),
  };
}

function readLine(line: string, set: ListedSet): void {
  const [, field, value = ''] = set.members === null ? (FIELD.exec(line) ?? []) : [];
  if (field === 'Type') set.type = value;
  else if (field === 'Header') set.header = value;
  else if (field === 'Number of entries') set.count = Number(value);
  else if (field === 'Members') set.members = [];
  else if (field === undefined && line !== '') set.members?.push(line);
}

/** `ipset list -t` has no members; of a paste that was cut some are missing. */
function isWhole({ type, count, members }: ListedSet): boolean {
  if (type === '') return false;
  return members === null ? count === 0 : count === null || members.length === count;
}

function savedLines({ name, type, header, members }: ListedSet): readonly string[] {
  return [`create ${name} ${type} ${header}`, ...(members ?? []).map((member) => `add ${name} ${member}`)];
}
