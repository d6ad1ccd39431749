import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { describeUnless } from "../../support/needs";
import { onCleanup } from "../../support/workspace";
import { expectAgreement, fingerprintOf, settled } from "../../support/end-state";
import { Fleet, type Pair } from "./fleet";
import type { SeenCall, Verdict } from "./relay";
import { startTraffic, type Traffic } from "./traffic";

const BAD = "edge-c";

/** The call at which it happens: the first of its kind to the third host. */
type Step = SeenCall["name"];

/** What happens to the third host from that call on. Answers what becomes of the call itself. */
type Fault = (fleet: Fleet) => Verdict;

const FAULTS = {
  "its socket is cut for good": () => "cut",
  "its control process is killed": (fleet) => {
    fleet.signal(BAD, "control", "SIGKILL");
    return "cut";
  },
  "its whole agent is killed": (fleet) => {
    fleet.signal(BAD, "supervise", "SIGKILL");
    fleet.signal(BAD, "control", "SIGKILL");
    return "cut";
  },
  "its control process hangs": (fleet) => {
    fleet.signal(BAD, "control", "SIGSTOP");
    return "pass";
  },
} as const satisfies Record<string, Fault>;

/** done: in force everywhere. put back: nowhere. behind: in force but on the third host. */
type Outcome = "done" | "put back" | "behind";

const OUTCOMES: readonly [Step, keyof typeof FAULTS, Outcome][] = [
  ["dry run", "its socket is cut for good", "put back"],
  ["change", "its socket is cut for good", "put back"],
  ["openProbeWindow", "its socket is cut for good", "put back"],
  ["renew", "its socket is cut for good", "put back"],
  ["confirm", "its socket is cut for good", "behind"],
  ["revert", "its socket is cut for good", "put back"],
  // It is back at once, and only what was pending is lost.
  ["dry run", "its control process is killed", "done"],
  ["change", "its control process is killed", "put back"],
  ["openProbeWindow", "its control process is killed", "put back"],
  ["renew", "its control process is killed", "put back"],
  ["confirm", "its control process is killed", "done"],
  ["revert", "its control process is killed", "put back"],
  ["dry run", "its whole agent is killed", "put back"],
  ["change", "its whole agent is killed", "put back"],
  ["openProbeWindow", "its whole agent is killed", "put back"],
  ["renew", "its whole agent is killed", "put back"],
  ["confirm", "its whole agent is killed", "behind"],
  ["revert", "its whole agent is killed", "put back"],
  ["dry run", "its control process hangs", "put back"],
  ["change", "its control process hangs", "put back"],
  ["openProbeWindow", "its control process hangs", "put back"],
  ["renew", "its control process hangs", "put back"],
  ["confirm", "its control process hangs", "behind"],
  ["revert", "its control process hangs", "put back"],
];

/** What an operation that waits in vain for a host takes. */
const TIMEOUT_SECONDS = 8;
/** LIMITS: lostAnswerSeconds twice, the tests' unheard time three times, and what a slow machine takes. */
const PUT_BACK_SECONDS = 35;

describe("when the third host fails", () => {
  let fleet: Fleet;
  let pair: Pair;
  let traffic: Traffic;
  beforeAll(async () => {
    fleet = await Fleet.start(28);
    pair = await fleet.pair();
    await fleet.engine.up(fleet.program({ pair }));
    traffic = startTraffic(fleet);
  });

  it.each(OUTCOMES)(
    "at its %s because %s, the change is %s, and the next `up` is clean",
    async (step, fault, outcome) => {
      const renewed = await fleet.pair();
      await fleet.listenIn([BAD]);
      const started = failAt(fleet, step, FAULTS[fault]);
      const began = performance.now();
      const failure = await failureOf(
        fleet.engine.up(fleet.program({ pair: renewed, timeoutSeconds: TIMEOUT_SECONDS })),
      );
      const seconds = (performance.now() - began) / 1_000;
      expect(started(), `the third host was asked for its ${step}`).toBe(true);
      expect(seconds).toBeLessThan(TIMEOUT_SECONDS + PUT_BACK_SECONDS);
      expect(failure === "it succeeded" ? "done" : outcomeIn(failure), failure).toBe(outcome);
      if (outcome !== "done") expect(failure).toContain(BAD);
      const inForce = outcome === "put back" ? pair : renewed;
      await fleet.passThrough();
      await mend(fleet, fault, inForce);
      const hosts = await settled(fleet);
      for (const host of ["edge-a", "edge-b"] as const) {
        expect(Object.values(hosts[host]).join(), host).toContain(fingerprintOf(inForce.cert));
      }
      pair = renewed;
      await fleet.engine.up(fleet.program({ pair }));
      expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(pair.cert));
      // The health of its servers was not to be seen while the host was away.
      await fleet.engine.refresh();
      expect((await fleet.engine.preview(fleet.program({ pair }), { refresh: true })).changes).toEqual([]);
    },
    300_000,
  );

  it("nobody who visits a host is turned away by any of it", async () => {
    const { visits, failures } = await traffic.stop();
    expect(visits).toBeGreaterThan(100);
    expect(failures).toEqual([]);
  });

  it.each(["dry run", "change"] as const)(
    "at its %s because its port is taken, it is named",
    async (step) => {
      const objects = await settled(fleet);
      await fleet.listenIn([BAD]);
      const blocker = createServer();
      onCleanup(() => void blocker.close());
      fleet.observer = {
        asked: async ({ name, objectIds }): Promise<Verdict> => {
          if (name === step && objectIds.some((id) => id.includes("/listener/")) && !blocker.listening) {
            blocker.listen(fleet.ports.extra, fleet.address(BAD));
            await once(blocker, "listening");
          }
          return "pass";
        },
      };
      const wish = { pair, extra: await fleet.pair() };
      const failure = await failureOf(fleet.engine.up(fleet.program(wish)));
      const listener = `shop-main-web/listener/${fleet.ports.extra}`;
      const taken = `port ${fleet.ports.extra} on ${fleet.address(BAD)} is in use by`;
      expect(failure).toContain(`host ${BAD}: ${listener}: ${taken}`);
      expect(failure).toContain("(PORT_IN_USE)");
      const others = step === "change" ? "put back as it was" : "nothing was changed";
      expect(failure).toContain(
        `Host by host: edge-a: ${others}; edge-b: ${others}; edge-c: nothing was changed.`,
      );
      blocker.close();
      await fleet.passThrough();
      await expectAgreement(fleet);
      await fleet.engine.up(fleet.program(wish));
      await expectAgreement(fleet);
      await fleet.engine.up(fleet.program({ pair }));
      expect(Object.keys(await expectAgreement(fleet))).toEqual(Object.keys(objects["edge-a"]));
    },
  );
});

const missing = process.getuid?.() === 0 ? null : "mounting a small disk needs root";

describeUnless(missing, "when the third host's disk is full", () => {
  it.each(["dry run", "change", "confirm"] as const)(
    "from its %s on, the others stay as they are too",
    async (step) => {
      const fleet = await Fleet.start(29);
      const disk = fleet.stateDir(BAD);
      mkdirSync(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", disk]);
      onCleanup(() => void spawnSync("umount", ["-l", disk]));
      const pair = await fleet.pair();
      await fleet.engine.up(fleet.program({ pair }));
      const ballast = join(disk, "ballast");
      await fleet.listenIn([BAD]);
      failAt(fleet, step, () => {
        fill(ballast);
        return "pass";
      });
      const renewed = await fleet.pair();
      const failure = await failureOf(fleet.engine.up(fleet.program({ pair: renewed })));
      rmSync(ballast);
      await fleet.passThrough();
      const objects = Object.values(await expectAgreement(fleet)).join();
      // A confirmation only gives a file that is there already its name.
      if (step === "confirm") {
        expect(failure).toBe("it succeeded");
        expect(objects).toContain(fingerprintOf(renewed.cert));
      } else {
        expect(failure).toContain(`host ${BAD}: cannot write the agent's state`);
        expect(failure).toContain("(STATE_NOT_WRITABLE)");
        expect(failure).toContain(
          "Host by host: edge-a: put back as it was; edge-b: put back as it was; edge-c: nothing was changed.",
        );
        expect(objects).toContain(fingerprintOf(pair.cert));
      }
      await fleet.engine.up(fleet.program({ pair: renewed }));
      expect(Object.values(await expectAgreement(fleet)).join()).toContain(fingerprintOf(renewed.cert));
      await fleet.engine.destroy().catch(() => undefined);
    },
  );
});

/** From the first such call on. Before a revert there has to be something to revert. */
function failAt(fleet: Fleet, step: Step, fault: Fault): () => boolean {
  let verdict: Verdict | undefined;
  fleet.observer = {
    asked: ({ name }) => {
      if (verdict !== undefined) return verdict;
      if (step === "revert" && name === "openProbeWindow") return "cut";
      if (name !== step) return "pass";
      verdict = fault(fleet);
      return verdict;
    },
  };
  return () => verdict !== undefined;
}

function outcomeIn(failure: string): Outcome | "something else" {
  if (failure.includes("CONFIRM_INCOMPLETE")) return "behind";
  return /Host by host: (edge-[abc]: (put back as it was|nothing was changed|did not answer.*|could not be.*)(; |\.))+/.test(
    failure,
  )
    ? "put back"
    : "something else";
}

async function mend(fleet: Fleet, fault: keyof typeof FAULTS, inForce: Pair): Promise<void> {
  if (fault === "its control process hangs") fleet.signal(BAD, "control", "SIGCONT");
  // What is dead comes back with the next `up` that looks at the hosts, or that changes something.
  if (fault === "its whole agent is killed") {
    await fleet.engine.up(fleet.program({ pair: inForce }), { refresh: true });
  }
}

function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(16 * 1024 * 1024));
  } catch {
    // That is the idea.
  }
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
}
