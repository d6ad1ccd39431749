import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../../proxy-agent/contract/limits";
import { effectsOf } from "../../../../proxy-agent/control/plan/effects";
import { planChange } from "../../../../proxy-agent/control/plan/plan";
import { EMPTY, FULL, GROUP, LB, LISTENER, plan, put, SHA, SPECS } from "./objects";

const throws = (work: () => unknown): Record<string, unknown> => {
  try {
    work();
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error("it did not throw");
};

describe("planning a change", () => {
  it("counts the generation and each object's revision", () => {
    expect(FULL.generation).toBe(1);
    expect(FULL.objects[LISTENER]?.revision).toBe(1);
    const { next } = plan(FULL, [put("listener", { idleTimeoutSeconds: 10 })]);
    expect(next.generation).toBe(2);
    expect(next.objects[LISTENER]?.revision).toBe(2);
    expect(next.objects[GROUP]?.revision).toBe(1);
  });

  it("is nothing when the document says so already, so that an empty `up` writes nothing", () => {
    const same = plan(FULL, [put("listener"), put("serverGroup")]);
    expect(same.next).toBe(FULL);
    expect(same.touched).toEqual([]);
  });

  it("does not disturb a listener for a new incarnation, owner, description or a mere DNS change", () => {
    const more = { incarnation: "second", owner: "demo/dev/renamed", adopt: true };
    for (const one of [
      put("listener", {}, more),
      put("serverGroup", {}, more),
      put("certificate", {}, { incarnation: "second" }),
      put("listener", { description: "new" }),
      put("serverGroup", { serverGroupName: "label", connectionDrainTimeoutSeconds: 60 }),
      put("loadBalancer", { publishedAddresses: ["192.0.2.9"] }),
      put("domain", { verification: { rr: "_proof", value: "new" } }),
      put("record", { ttlSeconds: 60 }),
    ]) {
      const { touched, affectedListenerIds } = plan(FULL, [one]);
      expect(touched).toHaveLength(1);
      expect(affectedListenerIds, JSON.stringify(one.object)).toEqual([]);
    }
  });

  it("names the listeners that must be verified again", () => {
    for (const one of [
      put("listener", { idleTimeoutSeconds: 10 }),
      put("listener", { status: "Stopped" }),
      put("certificate", { chainPem: "another" }),
      put("serverGroup", { scheduler: "Rr" }),
      put("serverGroup", { servers: [] }),
      put("loadBalancer", { bindAddresses: ["127.0.0.2"] }),
    ]) {
      expect(plan(FULL, [one]).affectedListenerIds).toEqual([LISTENER]);
    }
    const stopped = plan(FULL, [put("listener", { status: "Stopped" })]).next;
    expect(plan(stopped, [put("listener", { status: "Stopped", port: 444 })]).affectedListenerIds).toEqual(
      [],
    );
  });

  it("brings back a key that was lost from the disk", () => {
    const wishes = { puts: [put("certificate", {}, { keyPem: "key" })], deletes: [] };
    expect(planChange(FULL, wishes, () => false).touched).toHaveLength(1);
    expect(planChange(FULL, wishes, () => true).touched).toHaveLength(0);
  });
});

describe("whose object it is", () => {
  it("refuses another's object, naming both", () => {
    const stranger = put("serverGroup", {}, { owner: "other/dev/group" });
    expect(throws(() => plan(FULL, [stranger]))).toMatchObject({
      code: "FOREIGN_OBJECT",
      parameters: { objectId: GROUP, actualOwner: "demo/dev/serverGroup", owner: "other/dev/group" },
    });
  });

  it("lets an update move ownership from the recorded owner, and adopt take anyone's", () => {
    const owner = "demo/dev/renamed";
    const moved = plan(FULL, [put("serverGroup", {}, { owner, previousOwner: "demo/dev/serverGroup" })]);
    expect(moved.next.objects[GROUP]).toMatchObject({ owner, revision: 2 });
    expect(plan(FULL, [put("serverGroup", {}, { owner, adopt: true })]).touched).toHaveLength(1);
    const wrong = put("serverGroup", {}, { owner, previousOwner: "demo/dev/somebody" });
    expect(throws(() => plan(FULL, [wrong]))).toMatchObject({ code: "FOREIGN_OBJECT" });
  });

  it("keeps the live object when the delete half of a replacement comes after the create half", () => {
    const replaced = plan(FULL, [put("serverGroup", {}, { incarnation: "second" })]).next;
    expect(replaced.objects[GROUP]).toMatchObject({ incarnation: "second", revision: 2 });
    const after = plan(replaced, [], [{ id: GROUP, incarnation: "first" }]);
    expect(after.next).toBe(replaced);
  });

  it("refuses a second load balancer on one host", () => {
    const other = put("loadBalancer", {}, { id: "other-dev-web" });
    expect(throws(() => plan(FULL, [other]))).toMatchObject({
      code: "HOST_CLAIMED",
      parameters: { actual: LB, loadBalancerId: "other-dev-web" },
    });
  });
});

describe("what hangs together", () => {
  it("refuses to delete what is used, naming the users", () => {
    const deletes = [{ id: GROUP, incarnation: "first" }];
    expect(throws(() => plan(FULL, [], deletes))).toMatchObject({
      code: "OBJECT_IN_USE",
      parameters: { objectId: GROUP, users: LISTENER },
    });
    const both = [...deletes, { id: LISTENER, incarnation: "first" }];
    expect(plan(FULL, [], both).touched.map(({ action }) => action)).toEqual(["remove", "remove"]);
  });

  it("refuses what refers to nothing, or to another kind", () => {
    const missing = `${LB}/certificate/none`;
    expect(throws(() => plan(FULL, [put("listener", { certificateId: missing })]))).toMatchObject({
      code: "REFERENCE_MISSING",
      parameters: { objectId: LISTENER, reference: missing },
    });
    const wrongKind = put("listener", { certificateId: GROUP });
    expect(throws(() => plan(FULL, [wrongKind]))).toMatchObject({ code: "REFERENCE_MISSING" });
    expect(throws(() => plan(EMPTY, [put("domain")]))).toMatchObject({
      code: "REFERENCE_MISSING",
      parameters: { reference: LB },
    });
  });

  it("refuses two running listeners on one port", () => {
    const second = put("listener", {}, { id: `${LB}/listener/other` });
    expect(throws(() => plan(FULL, [second]))).toMatchObject({ code: "PORT_IN_USE" });
    const stopped = put("listener", { status: "Stopped" }, { id: `${LB}/listener/other` });
    expect(plan(FULL, [stopped]).touched).toHaveLength(1);
  });

  it("refuses a second CNAME at one name, and one outside its domain", () => {
    const second = put("record", {}, { id: `${LB}/record/second` });
    expect(throws(() => plan(FULL, [second]))).toMatchObject({ code: "BAD_REQUEST" });
    const outside = put("record", { fqdn: "www.other.test" });
    expect(throws(() => plan(FULL, [outside]))).toMatchObject({ code: "BAD_REQUEST" });
  });

  it("refuses what grows past a limit", () => {
    const listeners = Array.from({ length: LIMITS.listenersPerDocument }, (_, index) =>
      put("listener", { port: 1_000 + index }, { id: `${LB}/listener/${1_000 + index}` }),
    );
    expect(throws(() => plan(FULL, listeners))).toMatchObject({
      code: "LIMIT_EXCEEDED",
      parameters: { limit: LIMITS.listenersPerDocument },
    });
  });
});

describe("what a change does to live connections", () => {
  const key = (server: string, ip: string): string => `${GROUP} ${server} ${ip} 80`;
  const live = [
    {
      id: LISTENER,
      bound: [],
      fingerprintsSha256: [SHA],
      securityPolicyId: "",
      unavailableCiphers: [],
      serverGroupId: GROUP,
      connections: 5,
      workersAgree: true,
      connectionsByServer: { [key("ECS01", "10.0.0.1")]: 3, [key("ECS02", "10.0.0.2")]: 2 },
    },
  ];

  it("tells for each kind how many go on and how many drain", () => {
    const [first] = SPECS.serverGroup.servers;
    const cases = [
      [put("certificate", { chainPem: "another" }), { untouched: 5, draining: 0 }],
      [put("listener", { idleTimeoutSeconds: 10 }), { untouched: 5, draining: 0 }],
      [put("listener", { status: "Stopped" }), { untouched: 0, draining: 5, drainTimeoutSeconds: 30 }],
      [
        put("serverGroup", { servers: first === undefined ? [] : [first] }),
        { untouched: 3, draining: 2, drainTimeoutSeconds: 30 },
      ],
      [put("record", { ttlSeconds: 60 }), { untouched: 0, draining: 0 }],
    ] as const;
    for (const [one, expected] of cases) {
      const { touched } = plan(FULL, [one]);
      expect(effectsOf(FULL, touched, live)[0]).toMatchObject({ action: "change", ...expected });
    }
    const { touched } = plan(FULL, [], [{ id: LISTENER, incarnation: "first" }]);
    expect(effectsOf(FULL, touched, live)[0]).toMatchObject({ action: "remove", draining: 5 });
  });

  it("says nothing of connections that there are not", () => {
    const [first, second] = SPECS.serverGroup.servers;
    const texts = [undefined, first, second].map((removed) => {
      const servers = SPECS.serverGroup.servers.filter((server) => server !== removed);
      const { touched } = plan(FULL, [put("serverGroup", { servers, scheduler: "Rr" })]);
      const only = { [key("ECS02", "10.0.0.2")]: 2 };
      const busy = live.map((listener) => ({ ...listener, connectionsByServer: only }));
      return effectsOf(FULL, touched, busy)[0]?.text;
    });
    expect(texts).toEqual([
      "Holds for new connections; 2 live connections not touched",
      "Holds for new connections; 2 live connections not touched",
      "Holds for new connections; 2 live connections to removed servers may go on for up to 30 s",
    ]);
  });
});
