export function iconFont(): Promise<Buffer>;
