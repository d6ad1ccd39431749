import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isAbout, knownName, parseKnownHosts } from "../../../provider/transport/ssh/host-key/known-hosts";
import { textOf } from "../../../provider/transport/ssh/host-key/public-key";
import { describeUnless } from "../../support/needs";
import { makeKey } from "../../support/ssh/keys";

const missing =
  spawnSync("ssh-keygen", ["-?"]).error === undefined ? null : "ssh-keygen: apt-get install openssh-client";

describeUnless(missing, "known_hosts files", () => {
  let directory: string;
  let keys: string[];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "tls-offload-known-"));
    keys = [
      makeKey(directory, "a"),
      makeKey(directory, "b", { type: "ecdsa" }),
      makeKey(directory, "c", { type: "rsa" }),
    ].map(({ text }) => text);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const address = fc.constantFrom(
    "edge-a",
    "edge-b",
    "edge-a.example.com",
    "10.0.0.1",
    "10.0.0.10",
    "2001:db8::1",
  );
  const port = fc.constantFrom(22, 2222);
  const exact = fc.tuple(address, port).map(([host, at]) => knownName(host, at));
  const pattern = fc.constantFrom(
    "*",
    "edge-?",
    "*.example.com",
    "10.0.0.*",
    "[*]:2222",
    "[edge-a]:*",
    "EDGE-A",
    "edge",
    "[10.0.0.1]:22",
  );
  const negatable = fc
    .tuple(fc.constantFrom("", "", "!"), fc.oneof(exact, pattern))
    .map(([not, text]) => `${not}${text}`);
  const hosts = fc.array(negatable, { minLength: 1, maxLength: 3 }).map((names) => names.join(","));
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        marker: fc.constantFrom("", "", "", "@revoked ", "@cert-authority "),
        hosts,
        key: fc.nat(2),
        gap: fc.constantFrom(" ", "\t", "  "),
        comment: fc.constantFrom("", " me@here", " # x"),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom("", "# edge-a ssh-ed25519 AAAA", "   ") },
  );

  // A failure prints its seed; FC_SEED runs it again.
  it("names the same lines for a host as ssh-keygen -F does", () => {
    const file = join(directory, "known_hosts");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), exact, (lines, hashed, name) => {
        const text = lines
          .map((given) =>
            typeof given === "string"
              ? given
              : `${given.marker}${given.hosts}${given.gap}${keys[given.key] ?? ""}${given.comment}`,
          )
          .join("\n");
        writeFileSync(file, `${text}\n`);
        // -H leaves patterns and marked lines as they are and hashes the rest, each name on a line of its own.
        if (hashed) spawnSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
        const content = execFileSync("cat", [file], { encoding: "utf8" });
        const ours = parseKnownHosts(content, file)
          .filter((entry) => isAbout(entry, name))
          .map(({ marker, key }) => `${marker} ${textOf(key)}`.trim());
        expect(ours).toEqual(foundByKeygen(file, name));
      }),
      { numRuns: 200, seed: Number(process.env["FC_SEED"] ?? Date.now()) },
    );
  });

  function foundByKeygen(file: string, name: string): string[] {
    const { stdout } = spawnSync("ssh-keygen", ["-F", name, "-f", file], { encoding: "utf8" });
    return stdout
      .split("\n")
      .filter((text) => text !== "" && !text.startsWith("#"))
      .map((text) => {
        const fields = text.split(/[ \t]+/);
        const marker = fields[0]?.startsWith("@") === true ? `${fields[0]} ` : "";
        const [type = "", base64 = ""] = fields.slice(marker === "" ? 1 : 2);
        return `${marker}${type} ${base64}`;
      });
  }
});
