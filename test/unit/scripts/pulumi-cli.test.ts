import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findGo } from "../../../scripts/pulumi-cli/from-modules.mjs";
import { installOfficially } from "../../../scripts/pulumi-cli/installer.mjs";
import { findOnPath } from "../../../scripts/pulumi-cli/on-path.mjs";
import { onCleanup, temporaryDirectory } from "../../support/workspace";

function executable(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

describe("a Pulumi that a person installed", () => {
  const folderWith = (version: string, languageHost: boolean): string => {
    const folder = temporaryDirectory("path");
    executable(folder, "pulumi", `echo v${version}`);
    if (languageHost) executable(folder, "pulumi-language-nodejs", "exit 0");
    return folder;
  };

  it("is used when it is new enough", () => {
    const folder = folderWith("3.248.1", true);
    expect(findOnPath(`/nowhere:${folder}`)).toBe(join(folder, "pulumi"));
  });

  it.each(["2.99.0", "3.199.9", "4.0.0", "nonsense"])(
    "is left alone at version %s, which was never tested",
    (version) => {
      expect(findOnPath(folderWith(version, true))).toBeUndefined();
    },
  );

  it("is left alone without its language host for Node, with which no program could run", () => {
    expect(findOnPath(folderWith("3.248.1", false))).toBeUndefined();
  });
});

describe("Pulumi's installer", () => {
  const serve = async (script: string): Promise<string> => {
    const server = createServer((_request, response) => response.end(script)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onCleanup(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  };
  const quietly = (): void => undefined;

  it("is asked for the pinned version and leaves only executables", async () => {
    const folder = temporaryDirectory("installer");
    const script =
      'while [ "$1" != --install-root ]; do shift; done; mkdir -p "$2/bin"; echo "$*" > "$2/bin/pulumi"';
    await installOfficially(folder, quietly, await serve(script));
    expect(existsSync(join(folder, "pulumi"))).toBe(true);
    expect(existsSync(join(folder, "install.sh"))).toBe(false);
  });

  it("is given up with the reason when its site cannot be reached, so that the next way is tried", async () => {
    const folder = temporaryDirectory("installer");
    await expect(installOfficially(folder, quietly, "http://127.0.0.1:9")).rejects.toThrow(
      /cannot be reached/,
    );
  });

  it("is given up with its last words when it fails", async () => {
    const folder = temporaryDirectory("installer");
    const url = await serve("echo no space left >&2; exit 3");
    await expect(installOfficially(folder, quietly, url)).rejects.toThrow(/ended with 3[^]*no space left/);
  });
});

it("without Pulumi and without Go, a person is told what to install", () => {
  expect(() => findGo("Pulumi's site cannot be reached", ["/nowhere"])).toThrow(
    /Install one of these[^]*Go 1\.24\.7/,
  );
});
