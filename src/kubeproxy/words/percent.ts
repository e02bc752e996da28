/** `33.3 %`, `100 %`; what is not zero is never shown as 0 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  if (share > 0 && rounded === 0) return '< 0.1 %';
  if (share < 1 && rounded === 100) return '> 99.9 %';
  return `${Number.isInteger(rounded) && (rounded === 100 || rounded === 0) ? rounded : rounded.toFixed(1)} %`;
}
