/** Entry of the page of the panel that diagnoses a Service. */
import { CopyMenu } from '../shared/copyMenu.ts';
import { mountPanel } from '../shared/mountPanel.ts';
import { DiagnosePanel } from './diagnosePanel.ts';
import { EvidenceList } from './evidenceList.ts';
import { WayTable } from './wayTable.ts';

mountPanel({
  'copy-menu': CopyMenu,
  'diagnose-panel': DiagnosePanel,
  'evidence-list': EvidenceList,
  'way-table': WayTable,
});
