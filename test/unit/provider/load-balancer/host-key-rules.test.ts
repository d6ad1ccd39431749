import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { afterAll, describe, expect, it } from "vitest";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { review } from "../../../../provider/resource/check";
import { UNKNOWN } from "../../../../provider/resource/unknowns";
import { CORRECT, HIDDEN } from "../declared";
import { runProgram } from "../program/run-program";

/** Of the form that counts; whose it is does not matter. */
const HOST_KEY = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from("ssh-ed25519"),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32, 7),
]).toString("base64")}`;

describe("a machine of which no host key is known here", () => {
  const file = join(mkdtempSync(join(tmpdir(), "known-hosts-")), "known_hosts");
  writeFileSync(file, `10.0.0.7,[10.0.0.8]:2222 ${HOST_KEY}\n@revoked 10.0.0.9 ${HOST_KEY}\n`);
  afterAll(() => {
    rmSync(dirname(file), { recursive: true });
  });
  const hostWith = (connection: object, host: object = {}): object => ({
    addresses: ["192.0.2.10"],
    ...host,
    connection: { knownHostsFile: file, ...connection },
  });
  const warnings = async (connection: object, dryRun = true): Promise<readonly string[]> => {
    const program = (): void => {
      const hosts = { a: hostWith(connection) } as offload.LoadBalancerArgs["hosts"];
      new offload.LoadBalancer("web", { hosts });
    };
    return (await runProgram(program, dryRun)).warnings;
  };

  it("is told by a preview, before `up` refuses it", async () => {
    const path = "LoadBalancer web: hosts.a.connection";
    expect(await warnings({ host: "10.0.0.9" })).toEqual([
      `${path}.host: no host key of 10.0.0.9 port 22 is in ${file}, so \`up\` from this machine would refuse it. Give a line of the machine's own /etc/ssh/ssh_host_*_key.pub as \`hostKey\`, or compare it with what \`ssh-keyscan -p 22 10.0.0.9\` says and add that to the file. Nothing needs to be done where \`pulumi up\` runs on another machine that has it. (HOST_KEY_MISSING)`,
    ]);
    expect(await warnings({ host: "10.0.0.8" })).toHaveLength(1);
    expect(await warnings({ host: "10.0.0.7", proxy: { host: "10.0.0.6", knownHostsFile: file } })).toEqual([
      expect.stringContaining(`${path}.proxy.host: no host key of 10.0.0.6 port 22`),
    ]);
    expect(await warnings({ host: "10.0.0.9" }, false)).toEqual([]);
  });

  it.each([
    [{ host: "10.0.0.7" }],
    [{ host: "10.0.0.7", port: 2022 }],
    [{ host: "10.0.0.8", port: 2222 }],
    [{ host: "10.0.0.9", hostKey: HOST_KEY, knownHostsFile: undefined }],
    [{ host: "10.0.0.9", hostKey: UNKNOWN, knownHostsFile: undefined }],
    [{ host: UNKNOWN }],
    [{ host: "10.0.0.9", port: UNKNOWN }],
    [{ host: "10.0.0.9", knownHostsFile: UNKNOWN }],
    [{ host: "10.0.0.9" }, { status: "Maintenance" }],
    [{ host: "10.0.0.9" }, { status: UNKNOWN }],
  ] as [object, object?][])(
    "is not told of one that is known, that is not logged in to, or that is still to be made: %#",
    (connection, host) => {
      const hosts = { a: hostWith(connection, host) };
      const inputs = { ...CORRECT.loadBalancer, hosts, __provider: "text", __offload: HIDDEN };
      const { findings } = review(loadBalancerDeclaration, inputs, { olds: undefined, now: new Date() });
      expect(findings.map(({ text }) => text())).toEqual([]);
    },
  );
});
