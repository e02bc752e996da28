/** Addresses of what a hover may offer to do; the server knows the commands. Each gives a whole link, already encoded. */
export interface CommandLinks {
  trace(argument: { readonly uri: string; readonly to: string; readonly protocol?: string }): string;
  showInTree(argument: { readonly uri: string; readonly table: string; readonly chain: string }): string;
  references(argument: { readonly uri: string; readonly line: number; readonly character: number }): string;
}
