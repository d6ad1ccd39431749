import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { bindMissing } from "../../../support/dns";
import { questionPacket } from "../../../support/dns/question";
import { describeUnless } from "../../../support/needs";
import { DIFFERENCES, type Difference } from "./differences";
import { questions, type Asked } from "./questions";
import { startServers, type Server, type Servers } from "./servers";
import type { View } from "./view";

const [RUNS, TIMEOUT_SECONDS] = process.env["TEST_LONG"] === "1" ? [50_000, 600] : [3_000, 120];
const ID = 4_711;

describeUnless(bindMissing(), "a resolver gets from the embedded server what BIND would say", () => {
  let servers: Servers;

  beforeAll(async () => {
    servers = await startServers();
  });

  test(
    "to generated questions: the same sections, flags and codes, but for the listed differences",
    async () => {
      await fc.assert(
        fc.asyncProperty(questions, async (asked) => {
          const [theirs, given] = await askBoth(asked);
          expect(given).toEqual(await expectedOf(asked, theirs, given));
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_SECONDS * 1_000,
  );

  test.each(DIFFERENCES)("but $what", async (difference) => {
    const [theirs, given] = await askBoth(difference.example);
    expect(difference.concerns(theirs, difference.example)).toBe(true);
    expect(given).not.toEqual(theirs);
    expect(given).toEqual(await expectedOf(difference.example, theirs, given, [difference]));
  });

  function askBoth(asked: Asked): Promise<[View, View]> {
    return Promise.all([ask(servers.bind, asked), ask(servers.ours, asked)]);
  }

  async function expectedOf(
    asked: Asked,
    theirs: View,
    given: View,
    differences: readonly Difference[] = DIFFERENCES,
  ): Promise<View> {
    const askBind = (name: string): Promise<View> => ask(servers.bind, { ...asked, labels: name.split(".") });
    let expected = theirs;
    for (const difference of differences) {
      if (difference.concerns(expected, asked)) {
        expected = await difference.expected(expected, { asked, given, askBind });
      }
    }
    return expected;
  }
});

async function ask(server: Server, { transport, ...question }: Asked): Promise<View> {
  const view = await server.ask(questionPacket(ID, question), transport);
  if (view === null) throw new Error("no response");
  return view;
}
