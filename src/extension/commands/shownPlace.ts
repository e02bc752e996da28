import { shownPlaceRequest, type TextLocation } from '../../protocol/requests.ts';
import type { RulesServer } from '../rulesServer.ts';

/** Where an editor can show a place: of a file that the server holds, in one of its chains. */
export async function shownPlace(server: RulesServer, place: TextLocation): Promise<TextLocation> {
  return server.holds(place.uri) ? server.ask(shownPlaceRequest, place) : place;
}
