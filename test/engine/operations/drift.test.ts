import { beforeAll, describe, expect, it } from "vitest";
import { API, STATE_FILES, type StoredObject } from "tls-offload-agent/contract";
import { callApi } from "tls-offload-agent/client";
import { FleetSite } from "./fleet-site";

const HOSTS = { "edge-a": { bind: "127.0.0.31" }, "edge-b": { bind: "127.0.0.32" } };

describe("a change behind Pulumi's back", () => {
  let site: FleetSite;
  beforeAll(async () => {
    site = await FleetSite.start(HOSTS);
    await site.engine.up(site.program());
  });

  it("is shown by a refresh as the inputs that would have made it, and mended by `up`", async () => {
    await editObject(site, "edge-b", "serverGroup", (object) =>
      object.kind === "serverGroup"
        ? { ...object, spec: { ...object.spec, scheduler: "Rr" as const } }
        : object,
    );
    const { logs } = await site.engine.refresh();
    expect(textOf(logs)).toContain("host edge-b: test-project-test-stack-web/server-group/group was changed");
    expect(inputsOf(site, "group")["scheduler"]).toBe("Rr");
    await expectMended(site, ["update group"]);
  });

  it("that removed an object from one host of two is mended on that host", async () => {
    const [listener] = await objectsOn(site, "edge-b", "listener");
    if (listener === undefined) throw new Error("no listener");
    await change(site, "edge-b", [], [{ id: listener.id, incarnation: listener.incarnation }]);
    const { logs } = await site.engine.refresh();
    expect(textOf(logs)).toContain("host edge-b:");
    await expectMended(site, ["update listener"]);
    expect(await site.fingerprintAt("127.0.0.32")).toBe(await site.fingerprintAt("127.0.0.31"));
  });

  it("that removed it everywhere is a create", async () => {
    for (const host of Object.keys(HOSTS)) {
      const [listener] = await objectsOn(site, host, "listener");
      if (listener === undefined) throw new Error("no listener");
      await change(site, host, [], [{ id: listener.id, incarnation: listener.incarnation }]);
    }
    await site.engine.refresh();
    await expectMended(site, ["create listener"]);
  });

  it("by another program that adopted an object is refused until this one adopts it back", async () => {
    await editObject(site, "edge-a", "serverGroup", (object) => ({
      ...object,
      owner: "other/dev/ServerGroup/x",
    }));
    const program = site.program({
      servers: site.settings.servers.map((server) => ({ ...server, weight: 7 })),
    });
    const failure = await site.engine.up(program).then(() => "it succeeded", String);
    expect(failure).toContain("FOREIGN_OBJECT");
    expect(failure).toContain("other/dev/ServerGroup/x");
    await editObject(site, "edge-a", "serverGroup", (object) => ({
      ...object,
      owner: "test-project/test-stack/ServerGroup/group",
    }));
    await site.engine.up(site.program());
    await expectMended(site, []);
  });
});

async function expectMended(site: FleetSite, expected: readonly string[]): Promise<void> {
  const { changes } = await site.engine.up(site.program());
  expect(changes.map(({ operation, name }) => `${operation} ${name}`)).toEqual(expected);
  expect((await site.engine.preview(site.program(), { refresh: true })).changes).toEqual([]);
}

async function editObject(
  site: FleetSite,
  host: string,
  kind: StoredObject["kind"],
  edit: (object: StoredObject) => StoredObject,
): Promise<void> {
  const [stored] = await objectsOn(site, host, kind);
  if (stored === undefined) throw new Error(`no ${kind} on ${host}`);
  const object: Partial<StoredObject> = { ...edit(stored) };
  // What a put declares is the object without it, and requests are strict.
  Reflect.deleteProperty(object, "revision");
  await change(site, host, [{ object, adopt: true, previousOwner: null, keyPem: null }], []);
}

async function objectsOn(site: FleetSite, host: string, kind: StoredObject["kind"]): Promise<StoredObject[]> {
  const { confirmed } = await callApi({ ...callOn(site, host), name: "document", request: {} });
  return Object.values(confirmed.objects).filter((object) => object.kind === kind);
}

async function change(site: FleetSite, host: string, puts: unknown[], deletes: unknown[]): Promise<void> {
  const request = {
    holder: "test",
    expectedGeneration: null,
    dryRun: false,
    confirmWithinSeconds: null,
    waitSeconds: 5,
    puts,
    deletes,
  };
  await callApi({ ...callOn(site, host), name: "change", request: request as never });
}

function callOn(site: FleetSite, host: string): { stateDir: string; socket: string; table: typeof API } {
  return { stateDir: site.stateDir(host), socket: STATE_FILES.controlSocket, table: API };
}

function inputsOf(site: FleetSite, name: string): Readonly<Record<string, unknown>> {
  return site.engine.snapshot.resources.find((resource) => resource.name === name)?.inputs ?? {};
}

function textOf(logs: readonly { message: string }[]): string {
  return logs.map(({ message }) => message).join("\n");
}
