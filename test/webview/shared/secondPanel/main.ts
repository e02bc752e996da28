import { ChoiceBox } from '../../../../src/webview/shared/choiceBox.ts';
import { mountPanel } from '../../../../src/webview/shared/mountPanel.ts';
import { CountPanel } from './countPanel.ts';

mountPanel({ 'choice-box': ChoiceBox, 'count-panel': CountPanel });
