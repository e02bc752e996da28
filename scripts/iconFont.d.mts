export function iconFont(): Promise<Buffer>;
export function pageDefines(): Promise<Record<string, string>>;
