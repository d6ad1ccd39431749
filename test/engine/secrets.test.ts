import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { localClient } from "../../provider/transport/local/client";
import { STATE_FILES } from "tls-offload-agent/contract";
import { DeploymentError, visibleText, type Deployed } from "../support/engine";
import { keySecret, leaksIn, type Secret } from "../support/secret-forms";
import { temporaryDirectory } from "../support/workspace";
import { Site, SITE_NAME } from "./site";

describe("a private key", () => {
  let site: Site;
  /** All that was ever said, and all keys that were ever declared. */
  const said: string[] = [];
  const keys: Secret[] = [];
  const listen = ({ logs }: Deployed): void => {
    said.push(...logs.map(({ message }) => message));
  };

  beforeAll(async () => {
    site = await Site.start();
    keys.push(keySecret("key", keyOf(site)));
    listen(await site.engine.up(site.program()));
  });

  it("is found by the search where it has to be", () => {
    const files = filesIn(join(site.stateDir, STATE_FILES.keys));
    expect(leaksIn({ state: JSON.stringify(site.engine.snapshot) }, keys)).toEqual(["key in state"]);
    expect(leaksIn(files, keys)).toHaveLength(1);
  });

  it("is in clear neither in state, outputs, logs, the agent's API nor its other files", async () => {
    const renewed = await site.authority.issue({ names: [SITE_NAME], keyType: "rsa" });
    keys.push(keySecret("key", renewed.keyPem));
    listen(await site.engine.up(site.program({ cert: renewed.chainPem, key: renewed.keyPem })));
    listen(await site.engine.refresh());
    expect(leaksIn(await places(), keys)).toEqual([]);
  });

  it("is not in the messages about a key that does not fit, is cut short or is no key", async () => {
    const other = (await site.authority.issue({ names: [SITE_NAME], keyType: "rsa" })).keyPem;
    const half = other.slice(0, other.length / 2);
    keys.push(keySecret("key", other));
    for (const key of [
      other,
      half,
      `x${other}`,
      other.replaceAll("\n", " "),
      Buffer.from(other).toString("base64"),
    ]) {
      const failed = await site.engine.up(site.program({ key })).catch((error: unknown) => error);
      if (!(failed instanceof DeploymentError)) throw new Error("a wrong key was taken");
      said.push(failed.message);
      listen(failed.deployed);
      expect(leaksIn({ message: failed.message, ...(await places()) }, keys)).toEqual([]);
    }
  });

  it("by file is not in the state at all, not even encrypted", async () => {
    const renewed = await site.authority.issue({ names: [SITE_NAME] });
    keys.push(keySecret("key", renewed.keyPem));
    const file = join(temporaryDirectory("key"), "key.pem");
    writeFileSync(file, renewed.keyPem, { mode: 0o600 });
    listen(await site.engine.up(site.program({ cert: renewed.chainPem, key: { file } })));
    const state = JSON.stringify(site.engine.snapshot);
    expect(leaksIn({ state, ...(await places()) }, keys)).toEqual([]);
    expect(new Set(await site.visit(4))).toEqual(new Set(["ECS01", "ECS02"]));
  });

  async function places(): Promise<Record<string, string>> {
    const agent = localClient("here", site.stateDir);
    return {
      state: visibleText(site.engine.snapshot),
      said: said.join("\n"),
      document: JSON.stringify(await agent.call("document", {})),
      observed: JSON.stringify(await agent.call("observed", {})),
      facts: JSON.stringify(await agent.call("facts", {})),
      commandLines: commandLines(),
      ...filesIn(site.stateDir, [STATE_FILES.keys, STATE_FILES.bundles]),
    };
  }
});

function keyOf({ settings: { key } }: Site): string {
  if (typeof key !== "string") throw new Error("the site's first key is given by value");
  return key;
}

/** Path -> content of the regular files below a directory. */
function filesIn(directory: string, except: readonly string[] = []): Record<string, string> {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !except.some((name) => path.startsWith(join(directory, name))));
  return Object.fromEntries(entries.map((path) => [path, readFileSync(path, "utf8")]));
}

function commandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readIfThere(`/proc/${pid}/cmdline`)).join("\n");
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
