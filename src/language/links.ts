import type { PacketThrough } from '../kubeproxy/explain/packetThrough.ts';

/** Addresses of what a hover may offer to do; the server knows the commands. Each gives a whole link, already encoded. */
export interface CommandLinks {
  trace(argument: { readonly uri: string; readonly to: string; readonly protocol?: string }): string;
  /** `service` as `diagnose --service` takes it. */
  diagnose(argument: { readonly uri: string; readonly service: string }): string;
  showInTree(argument: { readonly uri: string; readonly table: string; readonly chain: string }): string;
  /** An object of the cluster as YAML; null where the document is not a live node's. */
  openObject(argument: {
    readonly uri: string;
    readonly resource: 'services' | 'pods' | 'networkpolicies';
    readonly namespace: string;
    readonly name: string;
  }): string | null;
  references(argument: { readonly uri: string; readonly line: number; readonly character: number }): string;
}

/** What a lens runs: the trace panel, opened on a packet that passes the chain. */
export interface LensCommand {
  readonly command: string;
  argument(uri: string, packet: Partial<PacketThrough>): object;
}
