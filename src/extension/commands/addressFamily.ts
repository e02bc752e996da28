/** Whether one end of a packet, as the form of a trace has it, is of IPv6: `[fd00::1]:80`, `pod:fd00::1`. Names are of none. */
export function isIpv6(end: string): boolean {
  return end.includes('[') || /^(?:[a-z]+:)?[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(end);
}
