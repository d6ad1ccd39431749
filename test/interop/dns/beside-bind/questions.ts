import fc from "fast-check";
import type { Edns, QuestionPacket } from "../../../support/dns/question";
import { NAMES } from "./zones";

export interface Asked extends QuestionPacket {
  readonly transport: "udp" | "tcp";
}

/** Known ones and unknown ones (SRV, HTTPS, CAA, a private one), those of DNSSEC, and those that no data has. */
const TYPES = [
  ...[1, 2, 5, 6, 12, 13, 15, 16, 28, 33, 39, 64, 65, 257, 65_280],
  ...[24, 25, 30, 43, 46, 47, 48],
  ...[0, 10, 41, 128, 200, 249, 250, 253, 254, 255, 32_769],
];
/** CHAOS is not among them: BIND answers only some of these, to hold a flood off (rate-limit of its own view). */
const OTHER_CLASSES = [0, 2, 4, 254, 255, 999];
const [RECURSION_DESIRED, ZERO, AUTHENTIC_DATA, CHECKING_DISABLED] = [0x0100, 0x0040, 0x0020, 0x0010];
const [NSID, COOKIE, PRIVATE] = [3, 10, 65_001];

const known = fc.constantFrom(...NAMES).map((name) => name.split("."));
/** Below, beside and above names that exist, a label with a dot and a binary one among them. */
const near = fc
  .tuple(
    fc.array(fc.constantFrom("x", "www", "ent", "wild", "*", "a.b", "\u0000", "ÿ"), { maxLength: 3 }),
    fc.nat(3),
    known,
  )
  .map(([more, fewer, labels]) => [...more, ...labels.slice(fewer)]);
const elsewhere = fc.constantFrom([], ["test"], ["www", "elsewhere", "invalid"], ["notexample", "test"]);

const labels = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: known },
      { weight: 3, arbitrary: near },
      { weight: 1, arbitrary: elsewhere },
    ),
    fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(0xffff) }),
  )
  .map(([asItIs, upperCase]) => asItIs.map((label) => withCase(label, upperCase)));

const edns: fc.Arbitrary<Edns | null> = fc.option(
  fc.record({
    udpBytes: fc.constantFrom(0, 512, 600, 1_232, 4_096, 65_535),
    dnssecOk: fc.boolean(),
    version: mostly(0, fc.constantFrom(1, 255)),
    options: mostly<NonNullable<Edns["options"]>>(
      [],
      fc.constantFrom(
        [[NSID, Buffer.alloc(0)] as const],
        [[COOKIE, Buffer.from("12345678")] as const],
        [[PRIVATE, Buffer.from("hello")] as const, [PRIVATE, Buffer.alloc(0)] as const],
      ),
    ),
  }),
);

export const questions: fc.Arbitrary<Asked> = fc.record({
  labels,
  type: fc.constantFrom(...TYPES),
  class: mostly(1, fc.constantFrom(...OTHER_CLASSES)),
  opcode: mostly(0, fc.nat(15)),
  flags: fc
    .subarray([RECURSION_DESIRED, ZERO, AUTHENTIC_DATA, CHECKING_DISABLED])
    .map((flags) => flags.reduce((all, flag) => all | flag, 0)),
  edns,
  transport: mostly<Asked["transport"]>("udp", fc.constant("tcp")),
});

function mostly<Value>(value: Value, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 14, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
}

/** Each bit is one letter's case. */
function withCase(label: string, upperCase: number): string {
  return label.replaceAll(/[a-z]/g, (letter, at: number) =>
    (upperCase & (1 << (at % 16))) === 0 ? letter : letter.toUpperCase(),
  );
}
