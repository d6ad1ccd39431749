import { beforeAll, expect, test } from "vitest";
import { bindMissing } from "../../../support/dns";
import { describeUnless } from "../../../support/needs";
import { startServers, type Servers } from "./servers";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const QUESTION = hex("03 777777 07 6578616d706c65 04 74657374 00 0001 0001");
const OPT = hex("00 0029 0200 00000000 0000");
/** What follows the owner. */
const ADDRESS = hex("0001 0001 00000000 0004 c0000201");
/** An owner that points to the question's name, one that points to itself, one that points behind itself. */
const [TO_QUESTION, TO_ITSELF, FORWARDS] = [hex("c00c"), hex("c022"), hex("c030")];
const LABEL = Buffer.from(`?${"a".repeat(63)}`);

interface Counts {
  readonly questions?: number;
  readonly answers?: number;
  readonly authorities?: number;
  readonly additionals?: number;
  readonly flags?: number;
}

function packet(counts: Counts, ...rest: readonly Buffer[]): Buffer {
  const { questions = 1, answers = 0, authorities = 0, additionals = 0, flags = 0x0100 } = counts;
  const header = Buffer.alloc(12);
  [4_711, flags, questions, answers, authorities, additionals].forEach((value, index) =>
    header.writeUInt16BE(value, 2 * index),
  );
  return Buffer.concat([header, ...rest]);
}

describeUnless(bindMissing(), "the embedded server beside BIND", () => {
  let servers: Servers;

  beforeAll(async () => {
    servers = await startServers();
  });

  test.each([
    ["a question", "NOERROR", packet({}, QUESTION)],
    ["a question with EDNS", "NOERROR", packet({ additionals: 1 }, QUESTION, OPT)],
    ["flags that a query does not have", "NOERROR", packet({ flags: 0x0780 }, QUESTION)],
    ["a response code", "NOERROR", packet({ flags: 0x0105 }, QUESTION)],
    ["bytes after the message", "NOERROR", packet({}, QUESTION, OPT)],
    ["an answer", "NOERROR", packet({ answers: 1 }, QUESTION, TO_QUESTION, ADDRESS)],
    ["an additional record", "NOERROR", packet({ additionals: 1 }, QUESTION, TO_QUESTION, ADDRESS)],
    ["no question", "FORMERR", packet({ questions: 0 })],
    ["two questions", "FORMERR", packet({ questions: 2 }, QUESTION, QUESTION)],
    ["half a name", "FORMERR", packet({}, QUESTION.subarray(0, 9))],
    ["half a question", "FORMERR", packet({}, QUESTION.subarray(0, -1))],
    ["a name that points to itself", "FORMERR", packet({}, hex("c00c 0001 0001"))],
    ["a name that goes in a circle", "FORMERR", packet({}, hex("03 777777 c00c 0001 0001"))],
    ["a name that points forwards", "FORMERR", packet({}, hex("c012 0001 0001"), QUESTION)],
    ["a label of a kind that there is not", "FORMERR", packet({}, hex("41 61"), QUESTION)],
    [
      "a name of 255 bytes",
      "REFUSED",
      packet({}, ...[0, 1, 2].map(() => LABEL), hex(`3d${"61".repeat(61)}00 0001 0001`)),
    ],
    [
      "a name of 256 bytes",
      "FORMERR",
      packet({}, ...[0, 1, 2].map(() => LABEL), hex(`3e${"61".repeat(62)}00 0001 0001`)),
    ],
    ["two OPT records", "FORMERR", packet({ additionals: 2 }, QUESTION, OPT, OPT)],
    ["an OPT record with an owner", "FORMERR", packet({ additionals: 1 }, QUESTION, hex("01 61"), OPT)],
    [
      "an OPT record with a pointer",
      "FORMERR",
      packet({ additionals: 1 }, QUESTION, TO_QUESTION, OPT.subarray(1)),
    ],
    ["an OPT record among the answers", "FORMERR", packet({ answers: 1 }, QUESTION, OPT)],
    ["an OPT record among the authorities", "FORMERR", packet({ authorities: 1 }, QUESTION, OPT)],
    ["half an OPT record", "FORMERR", packet({ additionals: 1 }, QUESTION, OPT.subarray(0, -1))],
    [
      "half an option",
      "FORMERR",
      packet({ additionals: 1 }, QUESTION, OPT.subarray(0, -2), hex("0003 000300")),
    ],
    [
      "an option past its record",
      "FORMERR",
      packet({ additionals: 1 }, QUESTION, OPT.subarray(0, -2), hex("0004 00030001")),
    ],
    ["a record that is missing", "FORMERR", packet({ additionals: 1 }, QUESTION)],
    [
      "records without number",
      "FORMERR",
      packet({ answers: 65_535, authorities: 65_535, additionals: 65_535 }, QUESTION),
    ],
    ["an owner that points to itself", "FORMERR", packet({ additionals: 1 }, QUESTION, TO_ITSELF, ADDRESS)],
    [
      "an owner that goes in a circle",
      "FORMERR",
      packet({ additionals: 1 }, QUESTION, hex("01 61"), TO_ITSELF, ADDRESS),
    ],
    ["an owner that points forwards", "FORMERR", packet({ additionals: 1 }, QUESTION, FORWARDS, ADDRESS)],
    ["a response", null, packet({ flags: 0x8100 }, QUESTION)],
    ["less than a header", null, packet({}).subarray(0, 11)],
  ])("says to %s what BIND says: %s", async (_, rcode, bytes) => {
    const [theirs, given] = await Promise.all([servers.bind.ask(bytes), servers.ours.ask(bytes)]);
    expect(given?.rcode ?? null).toBe(rcode);
    expect(given).toEqual(theirs);
  });

  test("looks for no EDNS where there is no question, and so does not answer with it", async () => {
    const bytes = packet({ questions: 0, additionals: 1 }, OPT);
    const [theirs, given] = await Promise.all([servers.bind.ask(bytes), servers.ours.ask(bytes)]);
    expect(theirs?.edns).not.toBeNull();
    expect(given).toEqual({ ...theirs, edns: null });
  });

  test("does not look into records that it does not need", async () => {
    const threeBytes = hex("0001 0001 00000000 0003 c00002");
    const bytes = packet({ additionals: 1 }, QUESTION, TO_QUESTION, threeBytes);
    expect(await servers.bind.ask(bytes)).toMatchObject({ rcode: "FORMERR" });
    expect(await servers.ours.ask(bytes)).toMatchObject({ rcode: "NOERROR" });
  });
});
