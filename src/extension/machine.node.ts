/** What this machine says of itself in a log. */
import { arch, platform } from 'node:os';

/** `linux x64`, `Node 24.1.0`. */
export function machineWords(): [string, string] {
  return [`${platform()} ${arch()}`, `Node ${process.versions.node}`];
}
