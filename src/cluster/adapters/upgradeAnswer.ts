/** An answer in place of an upgrade. */
import type { IncomingMessage } from 'node:http';
import type { StreamEvents } from './remoteStream.ts';

const MAX_BODY = 64 << 10;

/** Tells `refused` with the status and the first 64 KiB of the body, also where the body is cut. */
export async function readAnswer(response: IncomingMessage, events: StreamEvents): Promise<void> {
  let body = '';
  try {
    for await (const piece of response) {
      body += String(piece);
      if (body.length > MAX_BODY) break;
    }
  } catch (error) {
    // What came of it has to do.
    if (!(error instanceof Error)) throw error;
  }
  events.refused(response.statusCode ?? 0, body);
}
