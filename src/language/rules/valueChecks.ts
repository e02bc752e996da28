/** Each distinct value of each kind is read once. */
import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import type { Option } from '../../rules/iptables/nodes.ts';
import type { TableScope } from './tableScope.ts';
import { type Complaint, complaintAbout } from './valueComplaints.ts';

export class ValueChecks {
  /** By option definition, then by value: null where the value is right. Two words are joined by a blank. */
  readonly #known = new Map<OptionDefinition, Map<string, Complaint | null>>();

  /** Reports the option's value if it does not take it. */
  check(scope: TableScope, option: Option, definition: OptionDefinition): void {
    const first = option.values[0];
    if (first === undefined || option.values.length < definition.values) return;
    const second = option.values[1];
    const key = second === undefined ? first.text : `${first.text} ${second.text}`;
    // `$LAN` of a script: what it stands for is not known.
    if (scope.part !== null && key.includes('$')) return;
    let known = this.#known.get(definition);
    if (known === undefined) {
      known = new Map();
      this.#known.set(definition, known);
    }
    let complaint = known.get(key);
    if (complaint === undefined) {
      complaint = complaintAbout(definition, option.values, scope.family);
      known.set(key, complaint);
    }
    if (complaint !== null) report(scope, option, complaint);
  }
}

function report(scope: TableScope, option: Option, complaint: Complaint): void {
  const word = option.values[complaint.word] ?? option.values[0] ?? option;
  const details = {
    option: option.name.text,
    value: 'text' in word ? word.text : '',
    why: complaint.why,
    doubt: complaint.doubt,
    cure: complaint.cure,
  };
  const severity = complaint.doubt === null ? 'error' : complaint.isOpen === true ? 'information' : 'warning';
  scope.reporter.report(complaint.code, word, details, { severity });
}
