import { HEADER_BYTES, POINTER } from "./types";

const LABEL_BYTES = 63;
const NAME_BYTES = 255;
const POINTER_BYTES = 2;

/**
 * The question's name, label by label; null: it is none. Bytes that are no printable ASCII, dots within a label and
 * backslashes become \DDD (RFC 4343 2.1), which no name in a zone holds.
 */
export function readQuestionName(packet: Buffer): { readonly text: string; readonly end: number } | null {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = packet[offset];
    // Nothing comes before the question that a compression pointer could point to.
    if (length === undefined || length > LABEL_BYTES || offset - HEADER_BYTES >= NAME_BYTES) return null;
    if (length === 0) return { text: labels.join("."), end: offset + 1 };
    labels.push(labelText(packet.subarray(offset + 1, offset + 1 + length)));
    offset += 1 + length;
  }
}

/**
 * Where a record's owner ends; null: it is no name. A pointer must lead to what is before the name, so none leads in
 * circles, and none is followed: nobody asks for what such a name says.
 */
export function skipName(packet: Buffer, start: number): number | null {
  let offset = start;
  for (;;) {
    const length = packet[offset];
    if (length === undefined || offset - start >= NAME_BYTES) return null;
    if (length === 0) return offset + 1;
    if (length >= POINTER) {
      const end = offset + POINTER_BYTES;
      return end <= packet.length && (packet.readUInt16BE(offset) & 0x3fff) < start ? end : null;
    }
    if (length > LABEL_BYTES) return null;
    offset += 1 + length;
  }
}

/** "lb.example.test" for "web.lb.example.test"; null for what has no dot. */
export function parentOf(name: string): string | null {
  const dot = name.indexOf(".");
  return dot === -1 ? null : name.slice(dot + 1);
}

function labelText(label: Buffer): string {
  return label
    .toString("latin1")
    .replaceAll(/[^!-~]|[.\\]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`);
}
