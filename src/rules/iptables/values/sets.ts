import { fault, type Reading, readList, value } from '../../../values/reading.ts';

/** IPSET_DIM_MAX */
const MOST_DIRECTIONS = 3;
/** IPSET_MAXNAMELEN with its final NUL. */
const LONGEST_NAME = 31;

/** Reads the second word of `--match-set name src,dst`. */
export function readSetDirections(text: string): Reading<readonly ('src' | 'dst')[]> {
  const directions = readList(text, (part) =>
    part === 'src' || part === 'dst' ? value<'src' | 'dst'>(part) : fault('is not a list of src and dst'),
  );
  if (directions.kind === 'value' && directions.value.length > MOST_DIRECTIONS) {
    return fault(`names more than ${MOST_DIRECTIONS} parts`);
  }
  return directions;
}

/** Reads the first word: whether a set can have this name. */
export function readSetName(text: string): Reading<string> {
  return text.length <= LONGEST_NAME ? value(text) : fault(`is longer than ${LONGEST_NAME} characters`);
}
