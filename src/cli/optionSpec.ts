/** One option of a command, as data. */
export interface OptionSpec {
  /** Without dashes: `from`. */
  readonly name: string;
  /** What stands for the value in the help (`ADDRESS`); null for a switch. */
  readonly value: string | null;
  readonly help: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times; else the last one counts. */
  readonly many?: boolean;
  /** Whether the words behind its value are values too, once no operand is missing: `--facts *.txt`. */
  readonly takesMore?: boolean;
  /** Whether it is about a file of rules, and a live node has nothing like it. */
  readonly ofFile?: boolean;
  /** A switch that says that the rules are those of a live cluster. */
  readonly isLive?: boolean;
}
