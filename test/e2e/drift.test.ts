import { callApi } from "tls-offload-agent/client";
import { API, STATE_FILES, type RequestOf } from "tls-offload-agent/contract";
import { beforeAll, expect, it } from "vitest";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createSite, type SiteProject } from "./site";

describeUnless(pulumiMissing(), "a change behind Pulumi's back, through the real CLI", () => {
  let on: SiteProject;
  beforeAll(async () => {
    on = await createSite();
    await on.project.up();
  });

  const agent = { table: API, socket: STATE_FILES.controlSocket };
  const weights = async (): Promise<readonly number[]> => {
    const document = await callApi({ ...agent, stateDir: on.site.stateDir, name: "document", request: {} });
    const group = Object.values(document.confirmed.objects).find((each) => each.kind === "serverGroup");
    return group?.kind === "serverGroup" ? group.spec.servers.map((server) => server.weight) : [];
  };

  it("is shown by `preview --refresh` and mended by `up --refresh`", async () => {
    await setWeights(on.site.stateDir, 7);
    expect(await weights()).toEqual([7, 7]);
    const { output } = await on.project.preview("--refresh");
    expect(output).toMatch(/weight/);
    expect(output).toMatch(/ServerGroup/);
    await on.project.up("--refresh");
    expect(await weights()).toEqual([100, 100]);
    await on.project.preview("--refresh", "--expect-no-changes");
  });

  async function setWeights(stateDir: string, weight: number): Promise<void> {
    const document = await callApi({ ...agent, stateDir, name: "document", request: {} });
    const group = Object.values(document.confirmed.objects).find((each) => each.kind === "serverGroup");
    if (group?.kind !== "serverGroup") throw new Error("There is no server group");
    const { id, kind, owner, incarnation } = group;
    const servers = group.spec.servers.map((server) => ({ ...server, weight }));
    const request: RequestOf<"change"> = {
      holder: "somebody by hand",
      expectedGeneration: null,
      dryRun: false,
      confirmWithinSeconds: null,
      waitSeconds: 10,
      puts: [
        {
          object: { id, kind, owner, incarnation, spec: { ...group.spec, servers } },
          adopt: false,
          previousOwner: null,
          keyPem: null,
        },
      ],
      deletes: [],
    };
    await callApi({ ...agent, stateDir, name: "change", request });
  }
});
