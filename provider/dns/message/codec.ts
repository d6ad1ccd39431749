import { DnsMessageError, type DnsMessage, type Flag, type Question, type ResourceRecord } from "./message";
import { CLASSES, OPCODES, RCODES, TYPES } from "./mnemonics";
import { nameToBytes } from "./names";
import { readRdata, writeRdata } from "./rdata";
import { Reader } from "./reader";
import { number } from "./writer";

export interface DecodedMessage {
  readonly message: DnsMessage;
  /** Where the last record begins, or the message ends that has none: what TSIG signs goes so far. */
  readonly lastRecordAt: number;
}

/** Every flag with its bit, as `dig` calls them. */
const FLAGS: readonly (readonly [Flag, number])[] = [
  ["qr", 0x8000],
  ["aa", 0x0400],
  ["tc", 0x0200],
  ["rd", 0x0100],
  ["ra", 0x0080],
  ["z", 0x0040],
  ["ad", 0x0020],
  ["cd", 0x0010],
];
const MESSAGE_BYTES = 0xffff;

/** Total: any bytes are a message, or throw DnsMessageError. Bytes after the last record are refused. */
export function decodeMessage(bytes: Buffer): DecodedMessage {
  const reader = new Reader(bytes);
  const id = reader.number(2);
  const bits = reader.number(2);
  const [questions = 0, ...records] = [0, 1, 2, 3].map(() => reader.number(2));
  let lastRecordAt = bytes.length;
  const record = (): ResourceRecord => {
    lastRecordAt = reader.offset;
    return readRecord(reader);
  };
  const message = {
    id,
    opcode: OPCODES.nameOf((bits >> 11) & 0xf),
    flags: FLAGS.filter(([, bit]) => (bits & bit) !== 0).map(([flag]) => flag),
    rcode: RCODES.nameOf(bits & 0xf),
    questions: times(questions, () => readQuestion(reader)),
    answers: times(records[0], record),
    authorities: times(records[1], record),
    additionals: times(records[2], record),
  };
  if (!reader.atEnd)
    throw new DnsMessageError(`the message ends at byte ${reader.offset}, the packet does not`);
  return { message, lastRecordAt };
}

/** Without compression. Throws DnsMessageError where a field has no place on the wire. */
export function encodeMessage(message: DnsMessage): Buffer {
  const { questions, answers, authorities, additionals } = message;
  const sections = [questions, answers, authorities, additionals];
  const bytes = Buffer.concat([
    number(2, message.id),
    number(2, headerBits(message)),
    ...sections.map(({ length }) => number(2, length)),
    ...questions.map(writeQuestion),
    ...[...answers, ...authorities, ...additionals].map(writeRecord),
  ]);
  if (bytes.length > MESSAGE_BYTES) throw new DnsMessageError(`the message has ${bytes.length} bytes`);
  return bytes;
}

/** A record as it stands in a message. */
export function writeRecord(record: ResourceRecord): Buffer {
  return Buffer.concat([writeQuestion(record), number(4, record.ttlSeconds), writeRdata(record.data)]);
}

function headerBits({ opcode, flags, rcode }: DnsMessage): number {
  const codes = [OPCODES.valueOf(opcode), RCODES.valueOf(rcode)] as const;
  if (Math.max(...codes) > 0xf) throw new DnsMessageError(`${opcode} or ${rcode} has no place in a header`);
  const bits = FLAGS.filter(([flag]) => flags.includes(flag)).reduce((sum, [, bit]) => sum | bit, 0);
  return bits | (codes[0] << 11) | codes[1];
}

function readQuestion(reader: Reader): Question {
  return {
    name: reader.name(),
    type: TYPES.nameOf(reader.number(2)),
    class: CLASSES.nameOf(reader.number(2)),
  };
}

function writeQuestion(question: Question): Buffer {
  return Buffer.concat([
    nameToBytes(question.name),
    number(2, TYPES.valueOf(question.type)),
    number(2, CLASSES.valueOf(question.class)),
  ]);
}

function readRecord(reader: Reader): ResourceRecord {
  const question = readQuestion(reader);
  return { ...question, ttlSeconds: reader.number(4), data: readRdata(reader, question.type) };
}

/** Counts may lie: the first thing that is not there ends it. */
function times<Item>(count = 0, read: () => Item): Item[] {
  const items: Item[] = [];
  while (items.length < count) items.push(read());
  return items;
}
