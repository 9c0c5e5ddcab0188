const VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Jackson reads no deeper, and so our stack is deep enough. */
const DEEPEST = 1_000;
const CLOSING = { '{': '}', '[': ']' } as const;
type Opening = keyof typeof CLOSING;

/** Where a reader stood, and what it says. */
class Fault extends Error {
  readonly place: number;

  constructor(message: string, place: number) {
    super(message);
    this.place = place;
  }
}

/** What is wrong with bytes that are not JSON, in the words of Jackson, which AWS reads events with and passes on. */
export function jsonFault(bytes: Buffer): string {
  // Each byte a character, as Jackson counts them.
  const text = bytes.toString('latin1');
  try {
    new Reader(text).read();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `${error.message}\n at ${locate(text, error.place)}`;
  }
  return `Invalid JSON\n at ${locate(text, text.length)}`;
}

function locate(text: string, place: number): string {
  const lines = text.slice(0, place).split('\n');
  const where = `line: ${lines.length}, column: ${lines.at(-1)!.length + 1}`;
  return `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); ${where}]`;
}

class Reader {
  readonly #text: string;
  #place = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): void {
    this.#skipSpace();
    if (this.#ended) throw new Fault('No content to map due to end-of-input', this.#place);
    this.#value();
    this.#skipSpace();
    if (!this.#ended) this.#value();
  }

  get #ended(): boolean {
    return this.#place >= this.#text.length;
  }

  get #next(): string {
    return this.#text.charAt(this.#place);
  }

  #is(character: string): boolean {
    return this.#next === character;
  }

  #skipSpace(): void {
    while (!this.#ended && ' \t\r\n'.includes(this.#next)) this.#place++;
  }

  #value(within?: Opening): void {
    const first = this.#next;
    if (first === '{' || first === '[') this.#nested(first);
    else if (first === '"') this.#string('VALUE_STRING', 'string value');
    else if (/[-0-9]/.test(first)) this.#number();
    else this.#literal(within);
  }

  #literal(within: Opening | undefined): void {
    const first = this.#next;
    if ((first === ']' && within === '[') || (within && ',}'.includes(first)))
      this.#unexpected('expected a value');
    if (!/[\p{L}_$]/u.test(first)) this.#unexpected(`expected a valid value (${VALUE})`);
    const start = this.#place;
    const word = this.#word();
    if (!['true', 'false', 'null'].includes(word)) throw this.#unrecognized(start);
  }

  #nested(opening: Opening): void {
    if (++this.#depth > DEEPEST) {
      const limit = `(${DEEPEST}, from \`StreamReadConstraints.getMaxNestingDepth()\`)`;
      throw new Fault(
        `Document nesting depth (${this.#depth}) exceeds the maximum allowed ${limit}`,
        this.#place + 1,
      );
    }
    this.#entries(opening);
    this.#depth--;
  }

  /** The elements of an array, or the members of an object. */
  #entries(opening: Opening): void {
    const start = this.#place++;
    const kind = opening === '{' ? 'Object' : 'Array';
    const open = (): boolean => {
      this.#skipSpace();
      if (this.#ended) {
        const marker = `(start marker at ${locate(this.#text, start)})`;
        throw new Fault(`Unexpected end-of-input: expected close marker for ${kind} ${marker}`, this.#place);
      }
      if (this.#next !== CLOSING[opening]) return true;
      this.#place++;
      return false;
    };
    const between = (): void => {
      this.#skipSpace();
      if (this.#ended) throw new Fault(`Unexpected end-of-input within/between ${kind} entries`, this.#place);
    };
    if (!open()) return;
    for (;;) {
      if (opening === '{') {
        if (this.#next !== '"') this.#unexpected('was expecting double-quote to start field name');
        this.#string('FIELD_NAME', 'name');
        between();
        if (!this.#is(':')) this.#unexpected('was expecting a colon to separate field name and value');
        this.#place++;
        between();
      }
      this.#value(opening);
      if (!open()) return;
      if (this.#next !== ',') {
        const wrong = ']}'.includes(this.#next);
        if (wrong) throw this.#wrongClose(opening, kind, start);
        this.#unexpected(`was expecting comma to separate ${kind} entries`);
      }
      this.#place++;
      between();
    }
  }

  #wrongClose(opening: Opening, kind: string, start: number): Fault {
    const started = `(for ${kind} starting at ${locate(this.#text, start)})`;
    return new Fault(
      `Unexpected close marker '${this.#next}': expected '${CLOSING[opening]}' ${started}`,
      this.#place,
    );
  }

  #string(token: string, what: string): void {
    this.#place++;
    for (; this.#next !== '"'; this.#place++) {
      if (this.#ended) throw new Fault(`Unexpected end-of-input in ${token}`, this.#place);
      const character = this.#next;
      if (character < ' ') {
        throw new Fault(
          `Illegal unquoted character (${shown(character)}): has to be escaped using backslash to be included in ${what}`,
          this.#place + 1,
        );
      }
      if (character >= '\x80') this.#character();
      if (character === '\\') this.#escape();
    }
    this.#place++;
  }

  #escape(): void {
    const escaped = this.#text.charAt(++this.#place);
    if (escaped !== '' && !'"\\/bfnrtu'.includes(escaped)) {
      throw new Fault(`Unrecognized character escape ${shown(escaped)}`, this.#place + 1);
    }
    if (escaped !== 'u') return;
    for (let digits = 0; digits < 4; digits++) {
      this.#place++;
      if (!this.#ended && !/[0-9a-fA-F]/.test(this.#next)) {
        this.#unexpected('expected a hex-digit for character escape sequence');
      }
    }
  }

  /** One that takes more bytes than one. The last of them is left to go over. */
  #character(): void {
    const first = this.#next.charCodeAt(0);
    const more = first >= 0xf8 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    if (more === 0) throw new Fault(`Invalid UTF-8 start byte 0x${first.toString(16)}`, this.#place + 1);
    for (let taken = 0; taken < more; taken++) {
      this.#place++;
      const byte = this.#text.charCodeAt(this.#place);
      if (byte >> 6 === 0b10) continue;
      if (this.#ended) throw new Fault('Unexpected end-of-input', this.#place);
      throw new Fault(`Invalid UTF-8 middle byte 0x${byte.toString(16)}`, this.#place + 1);
    }
  }

  #number(): void {
    NUMBER.lastIndex = this.#place;
    const [number = ''] = NUMBER.exec(this.#text) ?? [];
    this.#place += number.length;
    if (number === '') {
      this.#place++;
      const words = 'expected digit (0-9) to follow minus sign, for valid numeric value';
      if (this.#ended) throw new Fault('Unexpected end-of-input', this.#place);
      throw new Fault(`Unexpected character (${shown(this.#next)}) in numeric value: ${words}`, this.#place);
    }
  }

  /** @throws Fault for bytes that are no characters */
  #word(): string {
    const start = this.#place;
    while (isIdentifier(this.#next)) {
      if (this.#next >= '\x80' && this.#place > start) this.#character();
      this.#place++;
    }
    return this.#text.slice(start, this.#place);
  }

  #unrecognized(start: number): Fault {
    const word = Buffer.from(this.#text.slice(start, this.#place), 'latin1').toString('utf8');
    // What ended the word has been read.
    const place = this.#place + (this.#ended ? 0 : 1);
    return new Fault(`Unrecognized token '${word}': was expecting (${VALUE})`, place);
  }

  #unexpected(comment: string): never {
    throw new Fault(`Unexpected character (${shown(this.#next)}): ${comment}`, this.#place);
  }
}

/** Taken for one: all that is beyond ASCII. */
function isIdentifier(character: string): boolean {
  return /[A-Za-z0-9_$]/.test(character) || character >= '\x80';
}

function shown(character: string): string {
  const code = character.charCodeAt(0);
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
  return isControl ? `(CTRL-CHAR, code ${code})` : `'${character}' (code ${code})`;
}
