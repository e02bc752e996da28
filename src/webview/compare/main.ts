/** Entry of the page of the panel that compares two states of rules. */
import { CopyMenu } from '../shared/copyMenu.ts';
import { mountPanel } from '../shared/mountPanel.ts';
import { ChangeList } from './changeList.ts';
import { ComparePanel } from './comparePanel.ts';
import { WayList } from './wayList.ts';

mountPanel({
  'change-list': ChangeList,
  'compare-panel': ComparePanel,
  'copy-menu': CopyMenu,
  'way-list': WayList,
});
