import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Document } from "../../../proxy-agent/contract";
import { until } from "../../support/until";
import { EditedAgent, IDS } from "./edited-agent";
import { certificate, change, listener, loadBalancer } from "./objects";

describe("a document edited on disk while the agent runs", () => {
  let on: EditedAgent;
  beforeAll(async () => {
    on = await EditedAgent.start();
  });

  it.each<[string, (on: EditedAgent) => void, () => readonly string[], RegExp]>([
    [
      "removed",
      (it) => {
        rmSync(it.path("document.json"));
      },
      () => [IDS.loadBalancer],
      /it is gone/,
    ],
    [
      "truncated",
      (it) => {
        writeFileSync(it.path("document.json"), readFileSync(it.path("document.json")).subarray(0, 99));
      },
      () => [IDS.loadBalancer],
      /not a document/,
    ],
    [
      "emptied",
      (it) => {
        writeFileSync(it.path("document.json"), "");
      },
      () => [IDS.loadBalancer],
      /not a document/,
    ],
    [
      "replaced by a folder",
      (it) => {
        rmSync(it.path("document.json"));
        mkdirSync(it.path("document.json"));
      },
      () => [IDS.loadBalancer],
      /not a file/,
    ],
    [
      "replaced by an older one",
      (it) => {
        it.editDocument((document) => {
          document.generation = 0;
        });
      },
      () => [IDS.loadBalancer],
      /another generation/,
    ],
    [
      "given another weight",
      (it) => {
        writeFileSync(
          it.path("document.json"),
          readFileSync(it.path("document.json"), "utf8").replace('"weight": 100', '"weight": 7'),
        );
      },
      () => [IDS.group],
      /servergroup\/web has another spec\.servers\.0\.weight/,
    ],
    [
      "robbed of its listener",
      (it) => {
        it.editDocument((document) => {
          document.objects = Object.fromEntries(
            Object.entries(document.objects).filter(([, { kind }]) => kind !== "listener"),
          );
        });
      },
      () => [on.listenerId()],
      /is not in it/,
    ],
    [
      "given an object more",
      (it) => {
        it.editDocument((document) => {
          document.objects = {
            ...document.objects,
            "demo-dev-web/x/y": Object.values(document.objects)[0] as never,
          };
        });
      },
      () => [IDS.loadBalancer],
      /it has demo-dev-web\/x\/y, which is not served/,
    ],
  ])(
    "and %s is reported, not served, and written anew by a change that says the same",
    async (_how, edit, ids, words) => {
      const before = readFileSync(on.path("document.json"), "utf8");
      edit(on);
      expect(await on.problems()).toEqual(ids().map((id) => `STATE_EDITED ${id}`));
      expect(await on.messages()).toMatch(words);
      await on.expectServed();
      await on.declareAll(`${Math.random()}`);
      expect(await on.problems()).toEqual([]);
      const after = JSON.parse(readFileSync(on.path("document.json"), "utf8")) as Document;
      expect(Object.keys(after.objects)).toEqual(Object.keys((JSON.parse(before) as Document).objects));
      await on.expectServed();
    },
  );

  it("only in its spaces is not worth a word", async () => {
    on.editDocument(() => undefined);
    expect(await on.problems()).toEqual([]);
  });

  it("never tells more than a bounded number of objects", async () => {
    on.editDocument((document) => {
      const [any] = Object.values(document.objects);
      document.objects = Object.fromEntries(
        Array.from({ length: 500 }, (_none, index) => [`x/${index}`, any as never]),
      );
    });
    expect((await on.problems()).length).toBe(21);
    expect(await on.messages()).toMatch(/484 more objects differ/);
    await on.declareAll("last");
    expect(await on.problems()).toEqual([]);
  });
});

describe("a control that starts and finds its state lost", () => {
  let on: EditedAgent;
  beforeAll(async () => {
    on = await EditedAgent.start();
  });

  it("closes no listener for want of its key, not by a change either, and serves it anew when the key comes", async () => {
    rmSync(on.keyFile());
    await on.restartControl();
    const lost = [`KEY_MISSING ${on.certificateId()}`];
    expect(await on.problems()).toEqual(lost);
    await on.expectServed();
    await on.agent.call("change", change([on.group({ scheduler: "Rr" })]));
    await on.expectServed();
    const changed = on.agent.call("change", change([listener(on.port, { idleTimeoutSeconds: 7 })]));
    await expect(changed).rejects.toMatchObject({ code: "KEY_MISSING" });
    expect(await on.problems()).toEqual(lost);
    await on.agent.call("change", change([certificate(on.issued)]));
    expect(await on.problems()).toEqual([]);
    await on.expectServed();
  });

  it("cannot serve it when the data plane died as well, says so, and serves it when the key comes", async () => {
    rmSync(on.keyFile());
    await on.restartControl();
    await on.agent.kill("data-plane");
    await on.agent.ready();
    await until("it was told what to serve", async () => {
      const { generation } = await on.agent.call("observed", {});
      return generation > 0;
    });
    await expect(on.expectServed()).rejects.toThrow();
    expect(await on.problems()).toEqual([`KEY_MISSING ${on.certificateId()}`]);
    await on.agent.call("change", change([certificate(on.issued)]));
    await on.expectServed();
    expect(await on.problems()).toEqual([]);
  });

  it.each(["listener", "serverGroup", "certificate"] as const)(
    "goes on with a listener when its %s is damaged, and through the changes that mend it",
    async (kind) => {
      let damaged = "";
      on.editDocument((document) => {
        document.objects = Object.fromEntries(
          Object.entries(document.objects).map(([id, object]) => {
            if (object.kind !== kind) return [id, object];
            damaged = id;
            return [id, { ...object, spec: { nonsense: true } } as never];
          }),
        );
      });
      await on.restartControl();
      expect(await on.problems()).toContain(`STATE_UNREADABLE ${damaged}`);
      await on.expectServed();
      await on.agent.call("change", change([loadBalancer({ loadBalancerName: `without ${kind}` })]));
      await on.expectServed();
      await on.declareAll(`after ${kind}`);
      expect(await on.problems()).toEqual([]);
      await on.expectServed();
    },
  );

  it("goes on with all that runs when the document is gone, until each object was declared again", async () => {
    rmSync(on.path("document.json"));
    await on.restartControl();
    expect(await on.problems()).toEqual([`STATE_LOST ${on.listenerId()}`]);
    await on.expectServed();
    for (const put of [loadBalancer(), certificate(on.issued), on.group()]) {
      await on.agent.call("change", change([put]));
      await on.expectServed();
    }
    await on.agent.call("change", change([listener(on.port)]));
    expect(await on.problems()).toEqual([]);
    await on.expectServed();
  });

  it("still closes what a change removes", async () => {
    const { object } = listener(on.port);
    await on.agent.call(
      "change",
      change([], { deletes: [{ id: object.id, incarnation: object.incarnation }] }),
    );
    await expect(on.expectServed()).rejects.toThrow();
    await on.agent.stop();
  });
});
