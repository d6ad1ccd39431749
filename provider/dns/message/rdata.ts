import { addressToBytes, bytesToAddress } from "./addresses";
import { DnsMessageError, EMPTY, type Rdata, type SoaData, type TsigData } from "./message";
import { RCODES, type TypeName } from "./mnemonics";
import { nameToBytes } from "./names";
import type { Reader } from "./reader";
import { block, number } from "./writer";

const TEXT_BYTES = 255;

/** How the data of a type is read; `end` is where it ends. Types that are not here are opaque. */
const READERS: Partial<Record<TypeName, (reader: Reader, end: number) => Rdata>> = {
  A: (reader) => ({ kind: "address", address: bytesToAddress(reader.take(4)) }),
  AAAA: (reader) => ({ kind: "address", address: bytesToAddress(reader.take(16)) }),
  CNAME: readName,
  DNAME: readName,
  NS: readName,
  PTR: readName,
  SOA: readSoa,
  TSIG: readTsig,
  TXT: readTexts,
};

export function readRdata(reader: Reader, type: TypeName): Rdata {
  const length = reader.number(2);
  const start = reader.offset;
  if (length === 0) return EMPTY;
  const read = READERS[type];
  if (read === undefined) return { kind: "opaque", bytes: Buffer.from(reader.take(length)) };
  const data = read(reader, start + length);
  if (reader.offset !== start + length) {
    throw new DnsMessageError(`the ${type} record's data at byte ${start} has not ${length} bytes`);
  }
  return data;
}

/** With the two bytes of length in front. */
export function writeRdata(data: Rdata): Buffer {
  return block(2, bytesOf(data));
}

function bytesOf(data: Rdata): Buffer {
  switch (data.kind) {
    case "empty":
      return Buffer.alloc(0);
    case "address":
      return addressToBytes(data.address);
    case "name":
      return nameToBytes(data.name);
    case "texts":
      return textsBytes(data.texts);
    case "soa":
      return soaBytes(data);
    case "tsig":
      return tsigBytes(data);
    case "opaque":
      return data.bytes;
  }
}

function readName(reader: Reader): Rdata {
  return { kind: "name", name: reader.name() };
}

function readTexts(reader: Reader, end: number): Rdata {
  const texts: string[] = [];
  while (reader.offset < end) texts.push(reader.take(reader.number(1)).toString("latin1"));
  return { kind: "texts", texts };
}

/** No texts at all would be read as no data (RFC 1035 3.3.14). */
function textsBytes(texts: readonly string[]): Buffer {
  if (texts.length === 0) throw new DnsMessageError("there is no text, and one is needed");
  return Buffer.concat(texts.map(textBytes));
}

function textBytes(text: string): Buffer {
  if (/[^\0-\xff]/.test(text)) throw new DnsMessageError("a text holds a character that is no byte");
  if (text.length > TEXT_BYTES) throw new DnsMessageError(`a text has ${text.length} bytes`);
  return block(1, Buffer.from(text, "latin1"));
}

function readSoa(reader: Reader): Rdata {
  return {
    kind: "soa",
    primary: reader.name(),
    mailbox: reader.name(),
    serial: reader.number(4),
    refreshSeconds: reader.number(4),
    retrySeconds: reader.number(4),
    expireSeconds: reader.number(4),
    minimumSeconds: reader.number(4),
  };
}

function soaBytes(data: SoaData): Buffer {
  const { serial, refreshSeconds, retrySeconds, expireSeconds, minimumSeconds } = data;
  const numbers = [serial, refreshSeconds, retrySeconds, expireSeconds, minimumSeconds];
  return Buffer.concat([
    nameToBytes(data.primary),
    nameToBytes(data.mailbox),
    ...numbers.map((value) => number(4, value)),
  ]);
}

function readTsig(reader: Reader): Rdata {
  return {
    kind: "tsig",
    algorithm: reader.name(),
    timeSignedSeconds: reader.number(6),
    fudgeSeconds: reader.number(2),
    mac: Buffer.from(reader.take(reader.number(2))),
    originalId: reader.number(2),
    error: RCODES.nameOf(reader.number(2)),
    other: Buffer.from(reader.take(reader.number(2))),
  };
}

function tsigBytes(data: TsigData): Buffer {
  return Buffer.concat([
    nameToBytes(data.algorithm),
    number(6, data.timeSignedSeconds),
    number(2, data.fudgeSeconds),
    block(2, data.mac),
    number(2, data.originalId),
    number(2, RCODES.valueOf(data.error)),
    block(2, data.other),
  ]);
}
