import { beforeAll, describe, expect, it } from "vitest";
import { expectAgreement, fingerprintOf } from "../../support/end-state";
import { Fleet, HOSTS, type Host } from "./fleet";
import type { SeenCall } from "./relay";

describe("an agent whose answer is lost on the way", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.start(26);
    await fleet.engine.up(fleet.program({ pair: await fleet.pair() }));
  });

  const cases = (["dry run", "change", "renew", "confirm"] as const).flatMap((name) =>
    (["edge-a", "edge-c"] as const).map((host) => [name, host] as const),
  );

  it.each(cases)("to a %s (%s) did it once, and the change comes into force", async (name, host) => {
    const before = await revisions(fleet);
    const lost = await loseOnce(fleet, name, host);
    const pair = await fleet.pair();
    await fleet.engine.up(fleet.program({ pair }));
    expect(lost(), "an answer was lost").toBe(true);
    expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(pair.cert));
    expect(await revisions(fleet)).toEqual(before.map((revision) => revision + 1));
    await fleet.passThrough();
    expect((await fleet.engine.preview(fleet.program({ pair }), { refresh: true })).changes).toEqual([]);
  });

  it("to a revert is put back all the same, and said to be", async () => {
    const pair = await fleet.pair();
    await fleet.engine.up(fleet.program({ pair }));
    await fleet.listenIn();
    let lost = 0;
    fleet.observer = {
      asked: ({ name, host }) => {
        // Nothing can be verified on the last host; then the first loses its answer.
        if (name === "openProbeWindow" && host === "edge-c") return "cut";
        return name === "revert" && host === "edge-a" && (lost += 1) === 1 ? "lose" : "pass";
      },
    };
    const failure = await failureOf(fleet.engine.up(fleet.program({ pair: await fleet.pair() })));
    expect(failure).toMatch(
      /Host by host: edge-a: put back as it was; edge-b: put back as it was; edge-c: put back/,
    );
    expect(lost).toBeGreaterThan(1);
    expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(pair.cert));
    await fleet.passThrough();
  });
});

async function loseOnce(fleet: Fleet, name: SeenCall["name"], host: Host): Promise<() => boolean> {
  await fleet.listenIn();
  let lost = false;
  fleet.observer = {
    asked: (call) => {
      if (lost || call.name !== name || call.host !== host) return "pass";
      lost = true;
      return "lose";
    },
  };
  return () => lost;
}

/** How often the main certificate was changed, host by host. */
async function revisions(fleet: Fleet): Promise<number[]> {
  return Promise.all(
    HOSTS.map(async (host) => {
      const { objects } = (await fleet.documentOf(host)).confirmed;
      return Object.values(objects).find(({ kind }) => kind === "certificate")?.revision ?? 0;
    }),
  );
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
