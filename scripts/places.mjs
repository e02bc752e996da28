// Where things are: the project, and the cache outside of it for what is fetched or built once.
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function cacheFolder() {
  return process.env.KUBE_PROXY_CACHE || join(homedir(), '.cache', 'kube-proxy-explorer');
}
