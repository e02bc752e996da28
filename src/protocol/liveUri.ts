/**
 * `kube-proxy:/CONTEXT/NODE/iptables-save`: the documents of a live node. A context may hold any character, so each part
 * is percent-encoded within the path; `.` and `..` too, which a path would swallow.
 */
export const liveScheme = 'kube-proxy';

/** The documents that a user opens. */
export const liveRulesNames = ['iptables-save', 'ip6tables-save', 'ipset', 'nft'] as const;

/** The name under which a snapshot's file is opened live; every other keeps its name. */
const liveNames: Readonly<Record<string, string>> = {
  'iptables-save.txt': 'iptables-save',
  'ip6tables-save.txt': 'ip6tables-save',
  'ipset-save.txt': 'ipset',
  'nft.txt': 'nft',
};

/** What a live document shows: a file of a node, a file of the cluster, or a folder of them. */
export interface LiveAddress {
  readonly context: string;
  /** Null for the cluster as a whole. */
  readonly node: string | null;
  /** As in a snapshot (`iptables-save.txt`); null for the folder. */
  readonly file: string | null;
}

/** The path of a live document: `/kind-dev/node-1/iptables-save`. */
export function livePath({ context, node, file }: LiveAddress): string {
  const parts = [context, ...(node === null ? [] : [node])].map(encodePart);
  if (file !== null) parts.push(encodePart(liveNames[file] ?? file));
  return `/${parts.join('/')}`;
}

/** What a path names; null for one that no live document has. */
export function readLivePath(path: string): LiveAddress | null {
  const parts = path.split('/').slice(1).map(decodePart);
  const [context, node, file, ...more] = parts;
  if (more.length > 0 || context === undefined || context === null) return null;
  if (parts.some((part) => part === null)) return null;
  return { context, node: node ?? null, file: file === undefined ? null : snapshotName(file ?? '') };
}

function snapshotName(name: string): string {
  return Object.entries(liveNames).find(([, live]) => live === name)?.[0] ?? name;
}

/** A part of a path, whatever is in it: `arn:aws:eks/dev` → `arn%3Aaws%3Aeks%2Fdev`. */
export function encodePart(part: string): string {
  return encodeURIComponent(part).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));
}

/** Null where the percent signs encode nothing. */
export function decodePart(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
