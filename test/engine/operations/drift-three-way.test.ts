import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { livingPid } from "../../../proxy-agent/process/pid-record";
import { until } from "../../support/until";
import { ByHand } from "./by-hand";
import { FleetSite } from "./fleet-site";

const HOSTS = {
  "edge-a": { bind: "127.0.0.34" },
  "edge-b": { bind: "127.0.0.35" },
  "edge-c": { bind: "127.0.0.36" },
};
/** The one of three that somebody touched. */
const ODD = "edge-b";

let site: FleetSite;
let odd: ByHand;

async function start(keyFile: boolean): Promise<void> {
  site = await FleetSite.start(HOSTS);
  if (keyFile) {
    const file = join(site.directory, "certificate.key");
    writeFileSync(file, site.settings.key, { mode: 0o600 });
    Object.assign(site.settings, { keyFile: file });
  }
  odd = new ByHand(site, ODD);
  await site.engine.up(site.program());
}

const path = (...names: string[]): string => join(site.stateDir(ODD), ...names);

function onlyFileIn(folder: string): string {
  const [name = "", ...others] = readdirSync(path(folder));
  expect(others).toEqual([]);
  return path(folder, name);
}

/** `preview --refresh` shows it as an update of that resource alone, and `up --refresh` mends it. */
async function expectShownAndMended(resource: string, words: RegExp): Promise<void> {
  const shown = await site.engine.preview(site.program(), { refresh: true });
  expect(shown.changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual([
    `refresh ${resource}`,
    `update ${resource}`,
  ]);
  const told = driftTold(shown.logs);
  expect(told).toMatch(words);
  expect(told).toContain(`host ${ODD}: `);
  expect(told).not.toMatch(/host edge-[ac]/);
  await site.engine.up(site.program(), { refresh: true });
  const after = await site.engine.preview(site.program(), { refresh: true });
  expect(after.changes).toEqual([]);
  expect(
    new Set(await Promise.all(Object.values(HOSTS).map(({ bind }) => site.fingerprintAt(bind)))).size,
  ).toBe(1);
}

describe.each([false, true])("one host of three, edited on disk (keyFile: %s)", (keyFile) => {
  beforeAll(() => start(keyFile));

  it.each<[string, () => void, string, RegExp]>([
    [
      "a private key removed",
      () => {
        rmSync(onlyFileIn("keys"));
      },
      "certificate",
      /private key of test-project-test-stack-web\/certificate\/certificate .* is not on this host.*KEY_MISSING/,
    ],
    [
      "a private key replaced",
      () => {
        writeFileSync(onlyFileIn("keys"), "another");
      },
      "certificate",
      /KEY_EDITED/,
    ],
    [
      "a private key opened to others",
      () => {
        chmodSync(onlyFileIn("keys"), 0o644);
      },
      "certificate",
      /has mode 644.*KEY_EXPOSED/,
    ],
  ])("shows and mends %s", async (_what, edit, resource, words) => {
    const file = onlyFileIn("keys");
    const before = readFileSync(file, "utf8");
    edit();
    await expectShownAndMended(resource, words);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("one host of three, edited on disk", () => {
  beforeAll(() => start(false));

  it.each<[string, () => void, string, RegExp]>([
    [
      "the document removed",
      () => {
        rmSync(path("document.json"));
      },
      "web",
      /document\.json.*it is gone.*STATE_EDITED/,
    ],
    [
      "the document truncated",
      () => {
        writeFileSync(path("document.json"), "{");
      },
      "web",
      /not a document any more.*STATE_EDITED/,
    ],
    [
      "a weight in the document",
      () => {
        const text = readFileSync(path("document.json"), "utf8");
        writeFileSync(path("document.json"), text.replace('"weight": 100', '"weight": 1'));
      },
      "group",
      /server-group\/group has another spec\.servers\.0\.weight.*STATE_EDITED/,
    ],
    [
      "the ticket secret removed",
      () => {
        rmSync(path("ticket-secret"));
      },
      "web",
      /TICKET_SECRET_EDITED/,
    ],
    [
      "the agent's program edited",
      () => {
        writeFileSync(join(onlyFileIn("bundles"), "agent.cjs"), "// nothing", { flag: "a" });
      },
      "web",
      /agent\.cjs, is not the one that runs.*AGENT_EDITED/,
    ],
    [
      "the agent's program removed",
      () => {
        rmSync(join(onlyFileIn("bundles"), "agent.cjs"));
      },
      "web",
      /agent\.cjs, is not the one that runs: it is gone/,
    ],
  ])("shows and mends %s", async (_what, edit, resource, words) => {
    edit();
    await expectShownAndMended(resource, words);
    expect(await odd.document()).toEqual(JSON.parse(readFileSync(path("document.json"), "utf8")));
  });
});

describe("one host of three, served otherwise than its document says", () => {
  beforeAll(() => start(false));

  it.each<[string, () => Promise<void>, string, RegExp]>([
    [
      "a listener closed",
      () => odd.serve((told) => ({ ...told, listeners: [] }), site.settings.key),
      "listener",
      /is declared and not bound/,
    ],
    [
      "another policy",
      () =>
        odd.serve(
          (told) => ({
            ...told,
            listeners: told.listeners.map((each) => ({ ...each, securityPolicyId: "tls_cipher_policy_1_0" })),
          }),
          site.settings.key,
        ),
      "listener",
      /serves the security policy tls_cipher_policy_1_0, declared is tls_cipher_policy_1_2_strict_with_1_3/,
    ],
    [
      "another certificate",
      async () => {
        const { cert, key } = await site.renewed();
        await odd.serve(
          (told) => ({
            ...told,
            listeners: told.listeners.map((each) => ({
              ...each,
              certificates: [{ chainPem: cert, keyPem: key, fingerprintSha256: "" }],
            })),
          }),
          key,
        );
      },
      "listener",
      /serves the certificate [0-9a-f]{64}, declared is [0-9a-f]{64}/,
    ],
    [
      "another weight of a server",
      () =>
        odd.serve(
          (told) => ({
            ...told,
            groups: told.groups.map((group) => ({
              ...group,
              servers: group.servers.map((server) => ({ ...server, weight: 3 })),
            })),
          }),
          site.settings.key,
        ),
      "group",
      /server ECS01 is served as 127\.0\.0\.1 port \d+ weight 3, declared is .* weight 100/,
    ],
  ])("shows and mends %s", async (_what, edit, resource, words) => {
    await edit();
    await expectShownAndMended(resource, words);
  });
});

describe("one host of three, changed through its agent's API", () => {
  beforeAll(() => start(false));

  it("shows and mends a listener removed", async () => {
    await odd.remove("listener");
    await expectShownAndMended("listener", /listener\/\d+ is not there/);
  });

  it("shows and mends a server's weight", async () => {
    await odd.edit("serverGroup", (object) =>
      object.kind === "serverGroup"
        ? {
            ...object,
            spec: { ...object.spec, servers: object.spec.servers.map((each) => ({ ...each, weight: 5 })) },
          }
        : object,
    );
    await expectShownAndMended("group", /server-group\/group was changed behind Pulumi's back/);
  });

  it("shows and mends a certificate replaced, with another key", async () => {
    const { cert, key } = await site.renewed();
    const donor = await FleetSite.start({ donor: { bind: "127.0.0.37" } });
    await donor.engine.up(donor.program({ cert, key }));
    const other = await new ByHand(donor, "donor").object("certificate");
    await donor.engine.destroy();
    await odd.edit(
      "certificate",
      (object) =>
        object.kind === "certificate" && other.kind === "certificate"
          ? { ...object, spec: other.spec }
          : object,
      key,
    );
    await expectShownAndMended("certificate", /certificate\/certificate was changed behind Pulumi's back/);
  });
});

describe.each(["SIGSTOP", "SIGKILL"] as const)("one host of three whose agent got %s", (signal) => {
  beforeAll(() => start(false));

  it("does not fail a refresh nor hold it up, is told of once, and leaves what was last known", async () => {
    const before = JSON.stringify(lastKnown());
    const pids = (["supervise", "control", "data-plane", "dns"] as const).map((role) =>
      livingPid(site.stateDir(ODD), role),
    );
    for (const pid of pids) process.kill(pid ?? 0, signal);
    const began = performance.now();
    const { logs } = await site.engine.refresh();
    expect((performance.now() - began) / 1_000).toBeLessThan(30);
    const told = logs.filter(({ message }) => message.includes(`host ${ODD}`));
    expect(told.length).toBe(1);
    expect(logs.filter(({ message }) => /host edge-[ac]/.test(message))).toEqual([]);
    expect(JSON.stringify(lastKnown())).toBe(before);
    for (const pid of signal === "SIGSTOP" ? pids : []) process.kill(pid ?? 0, "SIGCONT");
    await site.engine.up(site.program(), { refresh: true });
    await until("all is as it was, servers' health too", async () => {
      const { changes } = await site.engine.preview(site.program(), { refresh: true });
      return changes.length === 0;
    });
    await site.engine.destroy();
  });
});

/** What a refresh says of hosts. */
function driftTold(logs: readonly { readonly message: string }[]): string {
  const lines = logs
    .map(({ message }) => message)
    .filter((message) => message.includes("pulumi up --refresh"));
  return lines.join("\n");
}

function lastKnown(): unknown {
  return site.engine.snapshot.resources.map(({ name, inputs, outputs }) => {
    return { name, inputs, serverHealth: outputs["serverHealth"], verified: outputs["verified"] };
  });
}
