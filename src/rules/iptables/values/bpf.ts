/** `21 0 1 6`: one instruction of a classic BPF program (linux/filter.h: sock_filter). */
export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Reads the value of `--bytecode`: the number of instructions, then each; null where it is none. */
export function readBpf(text: string): readonly BpfInstruction[] | null {
  const [count, ...lines] = text.split(',').map((part) => part.trim());
  const program = lines
    .filter((line) => line !== '')
    .map((line) => /^(\d+) (\d+) (\d+) (\d+)$/.exec(line)?.slice(1).map(Number));
  if (program.length !== Number(count) || program.includes(undefined)) return null;
  return program.map((words) => {
    const [code = 0, jt = 0, jf = 0, k = 0] = words ?? [];
    return { code, jt, jf, k };
  });
}
