import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { until } from "../../support/until";
import { EditedAgent, IDS } from "./edited-agent";
import { certificate, change, loadBalancer } from "./objects";

const isRoot = process.getuid?.() === 0;

describe("a private key's file changed by hand while the agent runs", () => {
  let on: EditedAgent;
  beforeAll(async () => {
    on = await EditedAgent.start();
  });

  it.each<[string, (file: string) => void, string]>([
    [
      "removed",
      (file) => {
        rmSync(file);
      },
      "KEY_MISSING",
    ],
    [
      "replaced by another key",
      (file) => {
        writeFileSync(file, on.other.keyPem);
      },
      "KEY_EDITED",
    ],
    [
      "emptied",
      (file) => {
        writeFileSync(file, "");
      },
      "KEY_EDITED",
    ],
    [
      "replaced by a folder",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      "KEY_EDITED",
    ],
    [
      "made unreadable",
      (file) => {
        chmodSync(file, 0);
      },
      "KEY_EDITED",
    ],
    [
      "opened to all",
      (file) => {
        chmodSync(file, 0o644);
      },
      "KEY_EXPOSED",
    ],
    ...(isRoot
      ? [
          [
            "given to another user",
            (file: string) => {
              chownSync(file, 65_534, 65_534);
            },
            "KEY_EXPOSED",
          ] as [string, (file: string) => void, string],
        ]
      : []),
  ])(
    "and %s is reported, served all the same, and written anew when the key is sent again",
    async (_how, edit, code) => {
      edit(on.keyFile());
      expect(await on.problems()).toEqual([`${code} ${on.certificateId()}`]);
      expect(await on.messages()).not.toContain("BEGIN");
      // Any change pushes all that shall be served.
      await on.agent.call("change", change([loadBalancer({ loadBalancerName: `${Math.random()}` })]));
      await on.expectServed();
      expect(await on.problems()).toEqual([`${code} ${on.certificateId()}`]);
      await on.agent.call("change", change([certificate(on.issued)]));
      expect(await on.problems()).toEqual([]);
      expect(statSync(on.keyFile()).mode & 0o777).toBe(0o600);
      expect(readFileSync(on.keyFile(), "utf8")).toBe(on.issued.keyPem);
    },
  );

  it("does not take the key from a data plane that died, as long as control has it", async () => {
    rmSync(on.keyFile());
    await on.agent.kill("data-plane");
    await on.agent.ready();
    await until("it serves again", () => on.expectServed().then(() => true));
    expect(await on.problems()).toEqual([`KEY_MISSING ${on.certificateId()}`]);
    await on.agent.call("change", change([certificate(on.issued)]));
  });

  it("reports that others may enter the folder of the keys, and closes it with the next change", async () => {
    chmodSync(on.path("keys"), 0o755);
    expect(await on.problems()).toEqual([`KEY_EXPOSED ${IDS.loadBalancer}`]);
    await on.declareAll("closed");
    expect(await on.problems()).toEqual([]);
    expect(statSync(on.path("keys")).mode & 0o777).toBe(0o700);
  });
});

describe("the ticket secret changed by hand while the agent runs", () => {
  it.each<[string, (file: string) => void]>([
    [
      "removed",
      (file) => {
        rmSync(file);
      },
    ],
    [
      "replaced",
      (file) => {
        writeFileSync(file, Buffer.alloc(32));
      },
    ],
    [
      "opened to all",
      (file) => {
        chmodSync(file, 0o644);
      },
    ],
    [
      "replaced by a folder",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])("and %s is reported, and the one in force is written again by the next change", async (_how, edit) => {
    const on = await EditedAgent.start();
    const file = on.path("ticket-secret");
    const before = readFileSync(file);
    edit(file);
    expect(await on.problems()).toEqual([`TICKET_SECRET_EDITED ${IDS.loadBalancer}`]);
    await on.declareAll("again");
    expect(await on.problems()).toEqual([]);
    expect(readFileSync(file)).toEqual(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await on.agent.stop();
  });
});
