import { describe, expect, it } from "vitest";
import { API, type AnswerOf, type ApiCall, type RequestOf } from "../../../../proxy-agent/contract";
import { FULL, GROUP, plan, put } from "../control/objects";

const NAME_SERVERS = [{ name: "edge.ns.web.lb.test", addresses: ["192.0.2.1"] }];
const PUBLIC = put("loadBalancer", {
  dnsListen: { addresses: ["127.0.0.1"], port: 53, nameServers: NAME_SERVERS },
});
const DOCUMENT = plan(FULL, [PUBLIC]).next;
const ENDPOINT = { address: "::1", port: 443 };
const PENDING = { changeId: "1", holder: "a/b/c/d", secondsLeft: 3, document: DOCUMENT };
const EFFECT = {
  objectId: GROUP,
  action: "change",
  untouched: 1,
  draining: 0,
  drainTimeoutSeconds: null,
  text: "",
} as const;
const SETTLED = { generation: 1 };

const ANSWERS: { readonly [Name in ApiCall]: AnswerOf<Name> } = {
  facts: {
    agentVersion: "0.1.0",
    bundleSha256: "",
    contractVersions: [1],
    loadBalancerId: null,
    pid: 1,
    nodeVersion: "",
    opensslVersion: "",
    cloned: false,
    machine: {
      timeMs: 1,
      descriptorLimit: 1,
      somaxconn: 1,
      tcpMaxSynBacklog: 1,
      synCookies: 1,
      conntrack: { count: 1, max: 2 },
      ephemeralPorts: { low: 1, high: 2 },
      hostname: "",
      os: "",
    },
    unit: { state: "as installed", dropIns: [""] },
    dataPlane: "builtin",
    capabilities: { schedulers: [], healthCheckTypes: [], proxyProtocol: false, mutualTls: false },
  },
  document: { confirmed: DOCUMENT, pending: PENDING },
  observed: {
    generation: 1,
    dataPlane: {
      state: "running",
      version: "",
      workers: 1,
      listeners: [
        {
          listenerId: "",
          bound: [ENDPOINT],
          fingerprintsSha256: [],
          securityPolicyId: "",
          unavailableCiphers: [],
          serverGroupId: GROUP,
          connections: 0,
          workersAgree: true,
        },
      ],
    },
    servers: [],
    dns: {
      state: "running",
      bound: [ENDPOINT],
      zones: [],
      addresses: [{ address: "192.0.2.1", serves: false, given: true, detail: "" }],
    },
    problems: [{ objectId: "", code: "", message: "" }],
    drained: true,
    drainReason: "",
  },
  change: { state: "pending", changeId: "1", generation: 1, affectedListenerIds: [], effects: [EFFECT] },
  confirm: SETTLED,
  revert: SETTLED,
  renew: SETTLED,
  drain: {},
  undrain: {},
  adopt: {},
  openProbeWindow: {},
  probe: { record: { listenerId: "", serverGroupId: "", serverId: null, state: "ended" } },
};

const REQUESTS: { readonly [Name in ApiCall]: RequestOf<Name> } = {
  facts: {},
  document: {},
  observed: {},
  change: {
    holder: "a/b/c/d",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: 15,
    waitSeconds: 0,
    puts: [PUBLIC, put("serverGroup"), put("listener"), put("domain"), put("record")],
    deletes: [{ id: GROUP, incarnation: "first" }],
  },
  confirm: {},
  revert: {},
  renew: { confirmWithinSeconds: 15 },
  drain: { reason: "new memory" },
  undrain: {},
  adopt: {},
  openProbeWindow: { seconds: 3 },
  probe: { exporterHex: "a".repeat(64) },
};

const CALLS = Object.keys(API) as ApiCall[];
/** Whose keys are data, so that one more is not an unknown field. */
const RECORDS: ReadonlySet<string> = new Set(["objects"]);

/** As a newer agent would say it: with one more field in every object. */
function newer(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => newer(item));
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).map(([name, field]) => [name, newer(field, name)] as const);
  return { ...Object.fromEntries(known), ...(RECORDS.has(key) ? {} : { addedLater: { deep: [1] } }) };
}

/** Each with one unknown field more, somewhere. */
function withOneMore(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const deeper = Object.entries(value).flatMap(([name, field]) =>
    withOneMore(field).map((other) =>
      Array.isArray(value)
        ? value.map((item: unknown, index) => (String(index) === name ? other : item))
        : { ...value, [name]: other },
    ),
  );
  return Array.isArray(value) ? deeper : [{ ...value, addedLater: 1 }, ...deeper];
}

describe("an older provider", () => {
  it.each(CALLS)("reads what a newer agent answers to %s", (name) => {
    expect(API[name].answer.parse(newer(ANSWERS[name]))).toEqual(ANSWERS[name]);
  });

  it("reads the document of a newer agent that has objects of a kind, or with a value, that it does not know", () => {
    const objects = {
      ...FULL.objects,
      "demo-dev-web/mirror/one": { ...FULL.objects[GROUP], id: "demo-dev-web/mirror/one", kind: "mirror" },
      [GROUP]: { ...FULL.objects[GROUP], spec: { ...FULL.objects[GROUP]?.spec, scheduler: "Sch" } },
    };
    const { confirmed } = API.document.answer.parse({ confirmed: { ...FULL, objects }, pending: null });
    expect(Object.keys(confirmed.objects).sort()).toEqual(
      Object.keys(FULL.objects)
        .filter((id) => id !== GROUP)
        .sort(),
    );
  });
});

it.each(CALLS)(
  "%s refuses whatever it does not know in a request: it would promise what it does not do",
  (name) => {
    const { request } = API[name];
    expect(request.safeParse(REQUESTS[name]).success).toBe(true);
    const wrong = withOneMore(REQUESTS[name]);
    expect(wrong.length).toBeGreaterThan(0);
    for (const one of wrong) expect(request.safeParse(one).success, JSON.stringify(one)).toBe(false);
  },
);
