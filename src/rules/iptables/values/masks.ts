/** Masks by which a match groups addresses (XTTYPE_PLENMASK of libxtables/xtoptions.c). */
import { type Family, prefixMask } from '../../../values/address.ts';
import { readAddress } from '../../../values/networks.ts';
import { readNumber } from '../../../values/numbers.ts';
import { fault, type Reading, value } from '../../../values/reading.ts';

/** Reads `--connlimit-mask 24`, or any mask written as an address. */
export function readGroupMask(text: string, family: Family): Reading<string> {
  if (readNumber(text, widthOf(family)).kind === 'value') return value(text);
  return readAddress(text, family).kind === 'value'
    ? value(text)
    : fault(`is neither a prefix length from 0 to ${widthOf(family)} nor a mask`);
}

/** Reads `--hashlimit-srcmask 24`, or a mask written as an address that is the same as a prefix length. */
export function readPrefixMask(text: string, family: Family): Reading<string> {
  const width = widthOf(family);
  if (readNumber(text, width).kind === 'value') return value(text);
  const mask = readAddress(text, family);
  // Of a mask every byte must be written.
  const isShort = family === 4 && text.split('.').length < 4;
  if (mask.kind === 'fault' || isShort)
    return fault(`is neither a prefix length from 0 to ${width} nor a mask`);
  return /^1*0*$/.test(mask.value.value.toString(2).padStart(width, '0'))
    ? value(text)
    : fault('is a mask that no prefix length stands for');
}

/** The bits that such a text keeps; null where it is no mask. */
export function maskOf(text: string, family: Family): bigint | null {
  const length = readNumber(text, widthOf(family));
  if (length.kind === 'value') return prefixMask(family, length.value);
  const mask = readAddress(text, family);
  return mask.kind === 'value' ? mask.value.value : null;
}

function widthOf(family: Family): number {
  return family === 4 ? 32 : 128;
}
