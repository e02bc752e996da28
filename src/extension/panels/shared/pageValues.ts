/** Values that pages of several panels send, told from anything else. */
import { isRecord } from '../../../text/json.ts';

/** A place in a document: its address, line and characters. */
export function isLocation(value: unknown): boolean {
  if (!isRecord(value) || typeof value['uri'] !== 'string') return false;
  const places = [value['line'], value['startCharacter'], value['endCharacter']];
  return places.every((place) => Number.isSafeInteger(place) && Number(place) >= 0);
}

/** What a person writes of a packet: texts. */
export function isForm(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

/** The name of an object: a Service or a Pod. */
export function isObject(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { resource, namespace, name } = value;
  const isShown = resource === 'services' || resource === 'pods';
  return isShown && typeof namespace === 'string' && typeof name === 'string';
}

/** The text that a request's params have under `name`; throws where there is none. */
export function textOf(params: unknown, name: string): string {
  const text = isRecord(params) ? params[name] : null;
  if (typeof text !== 'string') throw new TypeError(`The page sent no ${name}.`);
  return text;
}

/** The texts that a request's params have under `name`; throws where there are none. */
export function textsOf(params: unknown, name: string): readonly string[] {
  const texts = isRecord(params) ? params[name] : null;
  if (!isTexts(texts)) throw new TypeError(`The page sent no ${name}.`);
  return texts;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
