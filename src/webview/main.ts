/** Entry of the panel's page: the extension puts `<trace-panel>` into it and loads this. */
import { css } from 'lit';
import { AnswerSummary } from './answerSummary.ts';
import { AssumptionList } from './assumptionList.ts';
import { ChoiceBox } from './choiceBox.ts';
import { CopyMenu } from './copyMenu.ts';
import { FlowFormElement } from './flowForm.ts';
import { NodeContinuation } from './nodeContinuation.ts';
import { NodeTable } from './nodeTable.ts';
import { OutcomeList } from './outcomeList.ts';
import { PathTree } from './pathTree.ts';
import { SourceLine } from './sourceLine.ts';
import { StageStrip } from './stageStrip.ts';
import { TracePanel } from './tracePanel.ts';

const elements = {
  'answer-summary': AnswerSummary,
  'assumption-list': AssumptionList,
  'choice-box': ChoiceBox,
  'copy-menu': CopyMenu,
  'flow-form': FlowFormElement,
  'node-continuation': NodeContinuation,
  'node-table': NodeTable,
  'outcome-list': OutcomeList,
  'path-tree': PathTree,
  'source-line': SourceLine,
  'stage-strip': StageStrip,
  'trace-panel': TracePanel,
};

/** VS Code gives a webview's body a padding; the panel uses the whole page. */
const pageStyles = css`
  body {
    margin: 0;
    padding: 0;
    overflow: hidden;
  }
`;

if (pageStyles.styleSheet !== undefined) document.adoptedStyleSheets.push(pageStyles.styleSheet);
for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
