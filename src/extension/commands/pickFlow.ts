/** Two quick picks, who sends and where to, that together make the form of a trace. */
import { emptyForm, type FlowForm } from '../../protocol/requests.ts';
import { back, type FlowChoices, type Picked } from './flowPicks.ts';
import { pickEnd } from './pickEnd.ts';

/** Null when the user takes it back. `known` is asked for no more. The second pick has a way back to the first. */
export async function pickFlow(choices: FlowChoices, known: Picked): Promise<FlowForm | null> {
  const asked = (['source', 'destination'] as const).filter((side) => known[fieldOf[side]] === undefined);
  let picked = known;
  for (let at = 0; at < asked.length;) {
    const side = asked[at] ?? 'source';
    const found = await pickEnd(choices, side, { step: at + 1, of: asked.length, picked });
    if (found === null) return null;
    if (found === back) {
      picked = known;
      at--;
      continue;
    }
    picked = { ...picked, ...found };
    // What was traced before is the whole of a packet.
    if (picked.from !== undefined && picked.to !== undefined) break;
    at++;
  }
  return { ...emptyForm, ...picked };
}

const fieldOf = { source: 'from', destination: 'to' } as const;
