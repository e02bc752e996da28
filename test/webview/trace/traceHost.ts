/** The extension's side of a trace panel: a test gives the answers that it is about. */
import type { Handlers } from '../../../src/protocol/rpc.ts';
import type {
  TracePanelContract,
  TracePanelRequests,
  TracePanelState,
} from '../../../src/protocol/tracePanel.ts';
import { emptyForm } from '../../../src/protocol/requests.ts';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { FakeHost } from '../shared/fakeHost.ts';

export function stateOf(form: Partial<FlowForm>, run: boolean): TracePanelState {
  return {
    uri: 'file:///node-1.iptables-save',
    name: 'node-1.iptables-save',
    form: { ...emptyForm, ...form },
    decisions: [],
    run,
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The test expects no such request.'));
}

export class TraceHost extends FakeHost<TracePanelContract> {
  constructor(opened: TracePanelState, handlers: Partial<Handlers<TracePanelRequests>>) {
    const all = {
      trace: refuse,
      choices: async () => Promise.resolve([]),
      considered: refuse,
      traceOnNodes: refuse,
      getRules: refuse,
      chooseNodes: refuse,
      recording: refuse,
      savePicture: refuse,
      copy: refuse,
    };
    super(opened, { ...all, ...handlers });
  }
}
