import fc from "fast-check";

/** One thing that is done to a packet. Places are parts of its length, so that they suit any packet. */
type Edit =
  | { readonly kind: "flip"; readonly place: number; readonly bit: number }
  | { readonly kind: "set"; readonly place: number; readonly bytes: Uint8Array }
  | { readonly kind: "insert"; readonly place: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly place: number; readonly count: number }
  | { readonly kind: "repeat"; readonly place: number; readonly count: number };

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
/** Pointers, lengths and counts more often than chance has them. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 6 }),
  fc.integer({ min: 0, max: 80 }).map((target) => Uint8Array.of(0xc0, target)),
  fc.constantFrom(Uint8Array.of(0xff, 0xff), Uint8Array.of(0, 0), Uint8Array.of(0), Uint8Array.of(63)),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("set" as const), place, bytes }),
  fc.record({ kind: fc.constant("insert" as const), place, bytes }),
  fc.record({ kind: fc.constant("remove" as const), place, count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant("repeat" as const), place, count: fc.integer({ min: 1, max: 200 }) }),
);

/** One of the packets, with one to six edits. */
export function mutated(packets: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...packets), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([packet, edits]) => edits.reduce(edited, packet).subarray(0, 65_535));
}

function edited(packet: Buffer, change: Edit): Buffer {
  const at = Math.floor(change.place * packet.length);
  const [front, back] = [packet.subarray(0, at), packet.subarray(at)];
  switch (change.kind) {
    case "flip": {
      const flipped = Buffer.from(packet);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << change.bit);
      return flipped;
    }
    case "set":
      return Buffer.concat([front, change.bytes, back.subarray(change.bytes.length)]);
    case "insert":
      return Buffer.concat([front, change.bytes, back]);
    case "remove":
      return Buffer.concat([front, back.subarray(change.count)]);
    case "repeat":
      return Buffer.concat([
        front,
        ...Array.from({ length: change.count }, () => back.subarray(0, 30)),
        back,
      ]);
  }
}
