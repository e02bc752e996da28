/** How one row of the path looks. Behaviour is in pathTree.ts. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { icon } from '../shared/icon.ts';
import { clean } from '../shared/text.ts';
import { verdictGlyphs, verdictWord } from '../shared/verdict.ts';
import { canOpen } from './pathRows.ts';
import type { PathRow } from './pathRows.ts';
import { strings } from './strings.ts';
import type { ConsideredRule, NarrativeChange, NarrativeStep } from '../../kubeproxy/narrative/narrative.ts';

/** How many considered rules are asked for at once. */
export const consideredPage = 100;

/** `was → is`; a screen reader says "source 10.0.0.1:80 becomes 10.0.0.2:8080". */
export function changeText({ field, was, is }: NarrativeChange, named: boolean): TemplateResult {
  const name = strings.changed[field];
  return html`<span class="change">
    <span class=${named ? 'name' : 'unseen'}>${name}</span><s class="was">${clean(was)}</s
    ><span class="unseen">${strings.becomes}</span><span aria-hidden="true">→</span
    ><span class="is">${clean(is)}</span></span
  >`;
}

export function rowBody(row: PathRow): TemplateResult {
  switch (row.kind) {
    case 'step':
      return stepBody(row.step, row.expanded === true);
    case 'kind':
      return html`<span class="body"
        ><span class="what dim">${strings.failedTest[row.of ?? 'other'](row.count)}</span></span
      >`;
    case 'considered':
      return consideredBody(row.rule);
    case 'loading':
      return html`<span class="body dim">${strings.loadingRules}</span>`;
    case 'failed':
      return html`<span class="body"
        >${icon('error', 'verdict-drop')} ${strings.rulesFailed(clean(row.message))}</span
      >`;
    default:
      return html`<span class="body link"
        >${strings.moreRules(Math.min(consideredPage, row.left), row.left)}</span
      >`;
  }
}

/** Short words are not broken: a line that ends in the `-` of `-j` would be hard to read. Long ones may break anywhere. */
const unbrokenWord = 26;

/** `-d 10.96.0.1/32 -j KUBE-SVC-X` as words that stay whole where they can. */
export function ruleText(text: string): readonly (TemplateResult | string)[] {
  return clean(text)
    .split(/( +)/)
    .map((word) =>
      /^ *$/.test(word) || word.length > unbrokenWord ? word : html`<span class="word">${word}</span>`,
    );
}

/** What a closed hook holds: `nat-prerouting · 2 rules matched`, `2 rules matched · policy ACCEPT`. */
function hookSummary({ detail, children }: NarrativeStep): string {
  const matched = children.filter(({ kind }) => kind === 'rule').length;
  const policy = children.find(({ kind }) => kind === 'policy')?.label ?? '';
  return [detail, strings.matched(matched), policy].filter((part) => part !== '').join(' · ');
}

function stepBody(step: NarrativeStep, open: boolean): TemplateResult {
  const { kind, label, chance, changes, verdict, number } = step;
  const detail = kind === 'hook' && !open ? hookSummary(step) : step.detail;
  return html`${kind === 'rule' && number !== null ? html`<span class="number">${number}</span>` : nothing}
    ${verdict === null || verdict === 'accept' ? nothing : ending(verdict)}
    <span class="body">
      <span class="what ${kind === 'skipped' || kind === 'policy' ? 'dim' : ''}"
        >${kind === 'rule' ? ruleText(label) : clean(label)}</span
      >
      ${changes.map((change) => changeText(change, !['source', 'destination'].includes(change.field)))}
      ${chance === null ? nothing : html`<span class="chance">${clean(chance)}</span>`}
      ${detail === '' ? nothing : html`<span class="dim">${clean(detail)}</span>`}
    </span>`;
}

/** The label says it in words of its own; a screen reader gets the plain word too. */
function ending(verdict: Exclude<NarrativeStep['verdict'], 'accept' | null>): TemplateResult {
  return html`<span class="verdict">${icon(verdictGlyphs[verdict], `verdict-${verdict}`)}</span
    ><span class="unseen">${verdictWord(verdict)}</span>`;
}

/** A rule that did not match, its failing test underlined, and why. */
export function consideredBody({ number, text, failStart, failEnd, reason }: ConsideredRule): TemplateResult {
  const failing = text.slice(failStart, failEnd);
  return html`<span class="number">${number}</span>
    <span class="body">
      <span class="text"
        >${ruleText(text.slice(0, failStart))}<mark class="failing">${ruleText(failing)}</mark
        >${ruleText(text.slice(failEnd))}</span
      >
      <span class="dim">${clean(reason)}</span>
    </span>`;
}

/** A twistie, or its room. */
export function twistie(row: PathRow): TemplateResult {
  const canBeOpened = row.kind === 'kind' || (row.kind === 'step' && canOpen(row.step));
  if (!canBeOpened || row.expanded === null) return html`<span class="twistie"></span>`;
  return icon(row.expanded ? 'chevron-down' : 'chevron-right', 'twistie');
}

/** The class of a row, by what it shows. */
export function rowClass(row: PathRow): string {
  return row.kind === 'step' ? row.step.kind : row.kind;
}
