import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { STATE_FILES } from "../../../../proxy-agent/contract";
import { dnsConfiguration } from "../../../../proxy-agent/control/configuration/dns";
import type { Plan } from "../../../../proxy-agent/control/plan/plan";
import { changesDns, Serving, type Served } from "../../../../proxy-agent/control/serving";
import { swap, validate, type Step } from "../../../../proxy-agent/control/swap";
import {
  DNS_API,
  dnsConfiguration as dnsSchema,
  type DnsConfiguration,
} from "../../../../proxy-agent/dns/interface";
import { serveApi, type ApiServer } from "../../../../proxy-agent/http/server";
import { createLogger } from "../../../../proxy-agent/process/log";
import { FULL, LB, plan, put } from "./objects";

const log = createLogger("test", () => undefined);
const BEFORE_PROBING = dnsSchema.omit({ probing: true });
const NOTHING = { generation: 0, listeners: [], groups: [] };

let stateDir: string;
let serving: Serving;
let api: ApiServer;
/** What the DNS process took, newest last. */
let taken: DnsConfiguration[];
let validated: DnsConfiguration[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "serving-"));
  serving = new Serving(stateDir, log, () => ({}));
  [taken, validated] = [[], []];
});
afterEach(async () => {
  await api.close();
  rmSync(stateDir, { recursive: true });
});

/** A DNS process of this version, or of the one before there was probing: requests of both are strict. */
async function dnsProcess(version: "new" | "old"): Promise<void> {
  const configuration = version === "new" ? dnsSchema : BEFORE_PROBING;
  const table = {
    ...DNS_API,
    validate: { ...DNS_API.validate, request: z.strictObject({ configuration }) },
    apply: { ...DNS_API.apply, request: z.strictObject({ configuration, strict: z.boolean() }) },
  };
  api = await serveApi({
    table,
    handlers: {
      validate: (request) => {
        validated.push(request.configuration);
        return { problems: [] };
      },
      apply: (request) => {
        taken.push(request.configuration);
        return { problems: [] };
      },
      observe: () => ({
        generation: 0,
        bound: [],
        zones: [],
        ...(version === "new" ? { addresses: [] } : {}),
      }),
      counters: () => ({}),
    },
    stateDir,
    socket: STATE_FILES.dnsSocket,
    mode: 0o600,
    log,
  });
}

function served(document = FULL): Served {
  return { dataPlane: NOTHING, dns: dnsConfiguration(document), problems: [], keyless: new Map() };
}

const PROBING = { name: "web.lb.test", ports: [443] };

describe("a DNS process that another version's supervisor left running", () => {
  it("gets the zones without what it would refuse, and goes on giving all addresses", async () => {
    await dnsProcess("old");
    await serving.settle(served());
    expect(taken).toHaveLength(1);
    expect(taken[0]).toEqual(BEFORE_PROBING.parse(withoutProbing(served().dns)));
  });

  it("holds up no change", async () => {
    await dnsProcess("old");
    const step = stepTo(plan(FULL, [put("record", { ttlSeconds: 60 })]));
    expect(await validate(serving, step)).toMatchObject({ strict: true });
    await swap(serving, step, true);
    expect([validated.length, taken.length]).toEqual([1, 1]);
  });
});

describe("the DNS process", () => {
  it("is told what to probe", async () => {
    await dnsProcess("new");
    await serving.settle(served());
    expect(taken[0]).toMatchObject({ probing: PROBING });
  });

  it("is told of a pending change's port once it is confirmed, and no change of listeners waits for DNS", async () => {
    await dnsProcess("new");
    const second = put("listener", { port: 80 }, { id: `${LB}/listener/80` });
    const step = stepTo(plan(FULL, [second]));
    expect(changesDns(step.before, step.after)).toBe(false);
    await swap(serving, step, true);
    expect(taken.at(-1)).toMatchObject({ probing: PROBING });
    await serving.settle(step.after);
    expect(taken.at(-1)).toMatchObject({ probing: { ...PROBING, ports: [80, 443] } });
  });
});

function stepTo(planned: Plan): Step {
  return { plan: planned, before: served(), after: served(planned.next) };
}

function withoutProbing({ generation, endpoints, zones }: DnsConfiguration): DnsConfiguration {
  return { generation, endpoints, zones };
}
