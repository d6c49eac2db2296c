// The account's markers of what has been read, by place, and what the server is to be told of that.
// Knows no connection: says what to send, and hears what came of it.

/** Only what is newer than what the server knows is told, and for each place one request at a time. */
export class Marks {
  constructor() {
    /** @type {Map<string, {looked: number, known: number, asked: number}>} by placeKey; `asked` 0: nothing is under way */
    this.places = new Map();
  }

  /** The reader has seen everything there up to that message. @param {string} key @param {number} seq */
  look(key, seq) {
    if (seq === 0) return;
    const place = this.at(key);
    place.looked = Math.max(place.looked, seq);
  }

  /** The server knows of that: by `read`, `joined` or `conversations`. @param {string} key @param {number} seq */
  know(key, seq) {
    const place = this.at(key);
    place.known = Math.max(place.known, seq);
    if (place.known >= place.asked) place.asked = 0;
  }

  /** A request to send now, which counts as under way; null: there is none. @returns {{key: string, seq: number} | null} */
  next() {
    for (const [key, place] of this.places) {
      if (place.asked !== 0 || place.looked <= place.known) continue;
      place.asked = place.looked;
      return { key, seq: place.asked };
    }
    return null;
  }

  /** It was answered, or refused: it is not made again for the same message. @param {{key: string, seq: number}} asked */
  settle(asked) {
    const place = this.places.get(asked.key);
    if (!place || place.asked !== asked.seq) return;
    place.asked = 0;
    place.known = Math.max(place.known, asked.seq);
  }

  clear() {
    this.places.clear();
  }

  /** @param {string} key */
  at(key) {
    const place = this.places.get(key) ?? { looked: 0, known: 0, asked: 0 };
    this.places.set(key, place);
    return place;
  }
}
