/** A query in parts, so that tests can ask what no ordinary client would. */
export interface QuestionPacket {
  /** One character a byte. None: the root. */
  readonly labels: readonly string[];
  readonly type: number;
  /** Default: 1, IN. */
  readonly class?: number;
  /** Default: 0, QUERY. */
  readonly opcode?: number;
  /** Bits of the header that a query may have: RD 0x0100, Z 0x0040, AD 0x0020, CD 0x0010. */
  readonly flags?: number;
  /** Default: none. */
  readonly edns?: Edns | null;
}

export interface Edns {
  readonly udpBytes: number;
  readonly dnssecOk?: boolean;
  readonly version?: number;
  /** Code and content. */
  readonly options?: readonly (readonly [number, Buffer])[];
}

const OPT = 41;
const DNSSEC_OK = 0x8000;

/** RFC 1035 4.1, RFC 6891 6.1. */
export function questionPacket(id: number, question: QuestionPacket): Buffer {
  const { labels, type, class: klass = 1, opcode = 0, flags = 0, edns = null } = question;
  const counts = [1, 0, 0, edns === null ? 0 : 1];
  const name = labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label, "latin1")]);
  return Buffer.concat([
    uint16(id, (opcode << 11) | flags, ...counts),
    ...[...name, Buffer.of(0), uint16(type, klass)],
    edns === null ? Buffer.alloc(0) : optRecord(edns),
  ]);
}

function optRecord({ udpBytes, dnssecOk = false, version = 0, options = [] }: Edns): Buffer {
  const data = Buffer.concat(options.flatMap(([code, bytes]) => [uint16(code, bytes.length), bytes]));
  const flags = dnssecOk ? DNSSEC_OK : 0;
  return Buffer.concat([Buffer.of(0), uint16(OPT, udpBytes, version, flags, data.length), data]);
}

function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeUInt16BE(value, 2 * at));
  return bytes;
}
