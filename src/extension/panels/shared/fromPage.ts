/** Reads what a panel's page sent: a page that runs somebody else's script can post anything. */
import type { FromPanel, PanelContract } from '../../../protocol/panel.ts';
import { isRecord } from '../../../text/json.ts';

/** How the panel's own part is told from anything else. */
export interface PageGuards<Contract extends PanelContract> {
  isState(value: unknown): value is Contract['state'];
  isNews(value: unknown): value is Contract['told'];
}

/**
 * The message, or null where it is none of this panel's. The params of a request are as the page sent them: who answers the
 * request looks at them.
 */
export function readFromPage<Contract extends PanelContract>(
  message: unknown,
  guards: PageGuards<Contract>,
): FromPanel<Contract> | null {
  if (!isRecord(message)) return null;
  const { type, id, method, params, state, news } = message;
  switch (type) {
    case 'ready':
      return { type };
    case 'stateChanged':
      return guards.isState(state) ? { type, state } : null;
    case 'news':
      return guards.isNews(news) ? { type, news } : null;
    case 'cancel':
      return Number.isSafeInteger(id) ? { type, id: Number(id) } : null;
    case 'request':
      return Number.isSafeInteger(id) && typeof method === 'string'
        ? { type, id: Number(id), method, params }
        : null;
    default:
      return null;
  }
}
