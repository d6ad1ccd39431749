import { LIMITS } from "tls-offload-agent/contract";
import { DnsMessageError } from "./message";
import { labelToText, LABEL_BYTES, NAME_BYTES, ROOT } from "./names";

const POINTER = 0xc0;

/** Goes through a packet from the front. Every step that the packet is too short for throws DnsMessageError. */
export class Reader {
  offset = 0;

  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.offset === this.bytes.length;
  }

  /** A number of 1 to 6 bytes. */
  number(byteCount: number): number {
    return this.take(byteCount).readUIntBE(0, byteCount);
  }

  take(byteCount: number): Buffer {
    const end = this.offset + byteCount;
    if (end > this.bytes.length) {
      throw new DnsMessageError(`the packet ends at byte ${this.bytes.length}, within a field`);
    }
    const taken = this.bytes.subarray(this.offset, end);
    this.offset = end;
    return taken;
  }

  /**
   * A name, which may end in a pointer to an earlier one (RFC 1035 4.1.4). Each pointer must lead further to the
   * front than all before it, so that no packet makes this go in circles.
   */
  name(): string {
    const labels: string[] = [];
    let nameBytes = 1;
    let pointers = 0;
    let earliest = this.offset;
    let end: number | null = null;
    for (;;) {
      const length = this.number(1);
      if (length === 0) break;
      if (length >= POINTER) {
        const target = ((length - POINTER) << 8) | this.number(1);
        end ??= this.offset;
        pointers += 1;
        if (target >= earliest || pointers > LIMITS.dnsCompressionPointers) throw badPointer(this.offset - 2);
        earliest = target;
        this.offset = target;
      } else {
        nameBytes += 1 + length;
        if (length > LABEL_BYTES || nameBytes > NAME_BYTES) throw tooLong(this.offset - 1);
        labels.push(labelToText(this.take(length)));
      }
    }
    this.offset = end ?? this.offset;
    return labels.length === 0 ? ROOT : labels.join(".");
  }
}

function badPointer(at: number): DnsMessageError {
  return new DnsMessageError(`the name at byte ${at} goes on at no earlier one`);
}

function tooLong(at: number): DnsMessageError {
  return new DnsMessageError(`the name is too long at byte ${at}`);
}
