/** The API server's audit log. */
import { readFileSync } from 'node:fs';
import { isRecord, type JsonRecord } from '../../../src/text/json.ts';

/** One finished request, or one that began to stream (`watch`, exec). */
export interface AuditEvent {
  /** The same for all stages of one request. */
  readonly id: string;
  readonly user: string;
  /** `get`, `list`, `watch`, `create` … */
  readonly verb: string;
  /** `pods`, empty for a path that is no resource (`/version`). */
  readonly resource: string;
  /** `exec`, or empty. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Path and query. */
  readonly uri: string;
  /** HTTP status; 0 where there is none yet. */
  readonly status: number;
  readonly stage: string;
}

/** All events so far of the users whose actions are audited: everybody but the tests themselves and the control plane. */
export function readAuditLog(file: string): readonly AuditEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => eventOf(JSON.parse(line)));
}

function eventOf(parsed: unknown): AuditEvent {
  const event = recordOf(parsed);
  const object = recordOf(event['objectRef']);
  return {
    id: textOf(event['auditID']),
    user: textOf(recordOf(event['user'])['username']),
    verb: textOf(event['verb']),
    resource: textOf(object['resource']),
    subresource: textOf(object['subresource']),
    namespace: textOf(object['namespace']),
    // A name that the server makes (`generateName`) is in its answer only.
    name: textOf(object['name']) || textOf(recordOf(recordOf(event['responseObject'])['metadata'])['name']),
    uri: textOf(event['requestURI']),
    status: Number(recordOf(event['responseStatus'])['code'] ?? 0),
    stage: textOf(event['stage']),
  };
}

function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
