/** Options, matches and `!`: of what the rule has loaded, and of what every rule may have. */
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { OptionDefinition } from '../../rules/iptables/catalogue/definitions.ts';
import { findMatch, matchDefinitions } from '../../rules/iptables/catalogue/matches.ts';
import { builtInOptions } from '../../rules/iptables/catalogue/options.ts';
import { protocolMatch } from '../../rules/iptables/parsing/protocols.ts';
import type { Candidate } from './candidates.ts';
import { byCount, type PlaceContext } from './context.ts';
import type { RulePlace } from './place.ts';
import { lastToken } from './tokens.ts';

/** What has no place inside of a rule: commands, and what only a command line has. */
const OUTSIDE: ReadonlySet<string> = new Set(['-A', '-I', '-D', '-R', '-t', '-M', '-v', '-c']);
/** What most rules go on with. */
const USUAL = ['-j', '-m', '!', '-p', '-s', '-d', '-i', '-o', '-g', '-f'];
const USUAL_MATCHES = ['comment', 'conntrack', 'multiport', 'addrtype', 'mark', 'limit', 'set'];
/** May be given again. */
const REPEATED: ReadonlySet<string> = new Set(['-m']);

/** What may stand at a place between options; behind `!` what can be negated. */
export function optionLists(context: PlaceContext, negated: boolean): readonly (readonly Candidate[])[] {
  const allowed = allowedOptions(context).filter(({ negatable }) => negatable || !negated);
  const byName = new Map(allowed.map((option) => [option.name, candidateOf(option)]));
  if (!negated && allowed.some(({ negatable }) => negatable)) byName.set('!', NOT);
  const fitting = (names: readonly string[]): Candidate[] =>
    names.flatMap((name) => byName.get(name.startsWith('-m ') ? '-m' : name) ?? []);
  const before = negated ? '!' : (lastToken(context.place.tokens)?.name ?? '');
  const { habits } = context.request;
  const last = ownOptions(context).at(-1) ?? [];
  return [
    fitting(byCount(habits.next(context.kind, before))),
    fitting(last.map(({ name }) => name)),
    fitting(USUAL),
    fitting(byCount(habits.next(null, before))),
    [...byName.values()],
  ];
}

/** Names of matches: that of the protocol, those that follow elsewhere, all that the family has. */
export function matchLists(context: PlaceContext): readonly (readonly Candidate[])[] {
  const { habits } = context.request;
  const before = lastToken(context.place.tokens)?.name ?? '';
  const follow = (kind: string | null): Candidate[] =>
    byCount(habits.next(kind, before)).flatMap((label) =>
      label.startsWith('-m ') ? named(label.slice(3)) : [],
    );
  const loaded = new Set(
    context.place.body.matches.flatMap(({ definition, implicit }) => (implicit ? [] : [definition])),
  );
  const fitting = matchDefinitions.filter(
    ({ families, protocols, tables }) =>
      families.includes(context.family) &&
      (tables === null || tables.includes(context.place.table.name)) &&
      (protocols === null || protocols.includes(protocolName(context) ?? '')),
  );
  const protocol = protocolDefinition(context);
  const own = protocol === null || loaded.has(protocol) ? [] : named(protocol.name);
  const names = fitting.map(({ name }) => name);
  const usual = USUAL_MATCHES.filter((name) => names.includes(name));
  return [own, follow(context.kind), usual.flatMap(named), follow(null), names.flatMap(named)];
}

function named(name: string): readonly Candidate[] {
  const definition = findMatch(name);
  return definition === null
    ? []
    : [{ text: definition.name, kind: CompletionItemKind.Module, detail: definition.doc }];
}

const NOT: Candidate = {
  text: '!',
  kind: CompletionItemKind.Operator,
  detail: 'Takes what the next option would not.',
};

function candidateOf({ name, doc }: OptionDefinition): Candidate {
  return { text: name, kind: CompletionItemKind.Property, detail: doc };
}

function allowedOptions(context: PlaceContext): readonly OptionDefinition[] {
  const { body, tokens } = context.place;
  // A match that is loaded again has its options again.
  const last = tokens.findLastIndex(({ name }) => name.startsWith('-m '));
  const again = new Set(findMatch(tokens[last]?.values[0] ?? '')?.options.map(({ name }) => name));
  const used = new Set(tokens.flatMap(({ name }, index) => (index < last && again.has(name) ? [] : name)));
  const general = builtInOptions.filter(({ name }) => {
    const isTarget = name === '-j' || name === '-g';
    return !OUTSIDE.has(name) && !(isTarget && body.target !== null);
  });
  return [...ownOptions(context).toReversed().flat(), ...general].filter(
    ({ name }) => REPEATED.has(name) || !used.has(name),
  );
}

/** The options of each match and of the target, in their order; those of the protocol, which iptables loads by itself. */
function ownOptions(context: PlaceContext): readonly (readonly OptionDefinition[])[] {
  const { body } = context.place;
  const protocol = protocolDefinition(context);
  const loaded = body.matches.map(({ definition }) => definition);
  const implicit = protocol === null || loaded.includes(protocol) ? [] : [protocol.options];
  return [
    ...implicit,
    ...loaded.map((definition) => definition?.options ?? []),
    ...(body.target === null ? [] : [body.target.definition?.options ?? []]),
  ];
}

function protocolName({ place }: PlaceContext): string | null {
  const option = place.tokens.find(({ name }) => name === '-p');
  return option === undefined || option.negated ? null : (option.values[0]?.toLowerCase() ?? null);
}

function protocolDefinition(context: PlaceContext): ReturnType<typeof findMatch> {
  const name = protocolName(context);
  return name === null ? null : findMatch(protocolMatch(name));
}

/** The place of a rule where nothing stands behind the chain yet. */
export function isRuleStart({ tokens, body }: RulePlace): boolean {
  return tokens.length === 0 && body.chain !== null;
}
