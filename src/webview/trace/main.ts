/** Entry of the trace panel's page. */
import { ChoiceBox } from '../shared/choiceBox.ts';
import { CopyMenu } from '../shared/copyMenu.ts';
import { mountPanel } from '../shared/mountPanel.ts';
import { AnswerSummary } from './answerSummary.ts';
import { AssumptionList } from './assumptionList.ts';
import { FlowFormElement } from './flowForm.ts';
import { GuideLine } from './guideLine.ts';
import { NodeContinuation } from './nodeContinuation.ts';
import { NodeTable } from './nodeTable.ts';
import { OutcomeList } from './outcomeList.ts';
import { PathTree } from './pathTree.ts';
import { RecordedPane } from './recordedPane.ts';
import { RecordingList } from './recordingList.ts';
import { SourceLine } from './sourceLine.ts';
import { TracePanel } from './tracePanel.ts';
import { UnmatchedSearch } from './unmatchedSearch.ts';
import { WayPicture } from './wayPicture.ts';

mountPanel({
  'answer-summary': AnswerSummary,
  'assumption-list': AssumptionList,
  'choice-box': ChoiceBox,
  'copy-menu': CopyMenu,
  'flow-form': FlowFormElement,
  'guide-line': GuideLine,
  'node-continuation': NodeContinuation,
  'node-table': NodeTable,
  'outcome-list': OutcomeList,
  'path-tree': PathTree,
  'recorded-pane': RecordedPane,
  'recording-list': RecordingList,
  'source-line': SourceLine,
  'trace-panel': TracePanel,
  'unmatched-search': UnmatchedSearch,
  'way-picture': WayPicture,
});
