import type { Processor } from '@aws-sdk/client-cloudwatch-logs';
import { dateTimeConverter } from './datetime.ts';
import {
  type ProcessorStep,
  type TransformedEvent,
  TransformerProblem,
  TransformFailure,
  type TransformInput,
} from './event.ts';
import { grok } from './grok.ts';
import { addKeys, copyValue, deleteKeys, listToMap, moveKeys, renameKeys } from './keys.ts';
import { csv, parseJson, parseKeyValue } from './parsers.ts';
import {
  lowerCaseString,
  splitString,
  substituteString,
  trimString,
  typeConverter,
  upperCaseString,
} from './strings.ts';
import { VENDED } from './vended.ts';

type Kind = keyof Processor;
type Compile = (processor: Processor) => ProcessorStep;

const VENDED_KINDS: readonly Kind[] = [
  'parsePostgres',
  'parseWAF',
  'parseCloudfront',
  'parseRoute53',
  'parseVPC',
  'parseToOCSF',
];
const PARSERS: readonly Kind[] = [...VENDED_KINDS, 'parseJSON', 'grok', 'csv', 'parseKeyValue'];
const MOST_PARSERS = 5;
/** Of these there may be one. */
const SINGLE: readonly Kind[] = ['grok', 'addKeys', 'copyValue'];

const COMPILE: Readonly<Record<string, Compile>> = {
  addKeys: (it) => addKeys(it.addKeys!),
  copyValue: (it) => copyValue(it.copyValue!),
  csv: (it) => csv(it.csv!),
  dateTimeConverter: (it) => dateTimeConverter(it.dateTimeConverter!),
  deleteKeys: (it) => deleteKeys(it.deleteKeys!),
  grok: (it) => grok(it.grok!),
  listToMap: (it) => listToMap(it.listToMap!),
  lowerCaseString: (it) => lowerCaseString(it.lowerCaseString!),
  moveKeys: (it) => moveKeys(it.moveKeys!),
  parseJSON: (it) => parseJson(it.parseJSON!),
  parseKeyValue: (it) => parseKeyValue(it.parseKeyValue!),
  renameKeys: (it) => renameKeys(it.renameKeys!),
  splitString: (it) => splitString(it.splitString!),
  substituteString: (it) => substituteString(it.substituteString!),
  trimString: (it) => trimString(it.trimString!),
  typeConverter: (it) => typeConverter(it.typeConverter!),
  upperCaseString: (it) => upperCaseString(it.upperCaseString!),
  ...VENDED,
};

/**
 * Makes JSON of events, one processor after the other. Users' regular expressions are part of it: see
 * docs/decisions/014-bounded-regexes.md.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation.html
 */
export class EventTransformer {
  readonly #steps: readonly ProcessorStep[];

  /** @throws TransformerProblem */
  constructor(config: readonly Processor[]) {
    const kinds = config.map(kindOf);
    checkOrder(kinds);
    this.#steps = config.map((processor, index) => COMPILE[kinds[index]!]!(processor));
  }

  /** The event as JSON; undefined for one that the processors are not for. */
  transform(input: TransformInput): string | undefined {
    const event: TransformedEvent = {};
    try {
      for (const step of this.#steps) step(event, input);
      return JSON.stringify(event);
    } catch (error) {
      // JSON that was read may be nested too deeply to be written.
      if (error instanceof TransformFailure || error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

function kindOf(processor: Processor): Kind {
  const kinds = (Object.keys(processor) as Kind[]).filter((kind) => processor[kind] !== undefined);
  if (kinds.length !== 1) {
    throw new TransformerProblem('Each item of a transformer config has to be exactly one processor.');
  }
  return kinds[0]!;
}

function checkOrder(kinds: readonly Kind[]): void {
  if (!PARSERS.includes(kinds[0]!)) {
    throw new TransformerProblem(
      'Transformer config should begin with parser. Allowed parsers are parsePostgres, parseWAF, parseCloudfront, parseCloudfrontOCSF, parseRoute53, parseLambda, parseVPC, parseSyslog, parseRDS, parseCiscoFTD, parseF5BigIP, parseCiscoISE, parseForescoutNac, parseInfobloxDDI, parseToOCSF, parseJSON, grok, csv, parseKeyValue',
    );
  }
  const misplaced = kinds.slice(1).find((kind) => VENDED_KINDS.includes(kind));
  if (misplaced !== undefined) {
    throw new TransformerProblem(
      `${misplaced} must be the first processor, and the only one for vended logs.`,
    );
  }
  const repeated = SINGLE.find((kind) => kinds.filter((other) => other === kind).length > 1);
  if (repeated !== undefined) throw new TransformerProblem(`There may be one ${repeated} processor only.`);
  if (kinds.filter((kind) => PARSERS.includes(kind)).length > MOST_PARSERS) {
    throw new TransformerProblem(`There may be ${MOST_PARSERS} parsers only.`);
  }
}
