import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadBalancerDeclaration } from "../../../../provider/load-balancer/declaration";
import { checkInputs } from "../../../../provider/resource/check";
import { UNKNOWN } from "../../../../provider/resource/unknowns";
import { checked, CONNECTION, CORRECT, HIDDEN } from "../declared";

afterEach(() => {
  vi.unstubAllEnvs();
});

const edge = { addresses: ["192.0.2.10"] };
const reached = (connection: object): ReturnType<typeof checked> =>
  checked(loadBalancerDeclaration, {
    ...CORRECT.loadBalancer,
    hosts: { edge: { ...edge, connection: { host: "10.0.0.10", ...connection } } },
  });
const reasons = (connection: object): readonly string[] => reached(connection).reasons;

describe("how a host is reached", () => {
  it("takes a connection object of @pulumi/command as it is, and fills in the defaults", () => {
    const { inputs, reasons: found, advice } = reached({});
    expect([...found, ...advice]).toEqual([]);
    expect(inputs["hosts"]).toMatchObject({
      edge: { connection: { port: 22, user: "root", perDialTimeout: 15 } },
    });
    expect(reasons(CONNECTION)).toEqual([]);
  });

  it.each([
    [edge, "hosts.edge: has neither `connection` nor `local`."],
    [
      { ...edge, connection: { host: "10.0.0.10" }, local: {} },
      "hosts.edge: has both `connection` and `local`.",
    ],
    [
      { ...edge, connection: "10.0.0.10" },
      "hosts.edge.connection: is text. Give `connection: { host, user, ... }` for a machine that is reached over SSH.",
    ],
  ])("is said once: %j", (host, message) => {
    const [reason, ...others] = checked(loadBalancerDeclaration, {
      ...CORRECT.loadBalancer,
      hosts: { edge: host },
    }).reasons;
    expect(reason).toContain(message);
    expect(others).toEqual([]);
  });

  it.each([
    [{ host: "root@10.0.0.10" }, "connection.host: has a value that is not allowed. Give a name or IP"],
    [{ host: "10.0.0.10:22" }, "connection.host: has a value that is not allowed. Give a name or IP address"],
    [{ host: "ssh://edge" }, "connection.host: has a value that is not allowed. Give a name or IP address"],
    [{ port: 0 }, "connection.port: has a value that is not allowed. Give a whole number from 1 to 65535"],
    [{ keyFile: "a" }, "connection.keyFile: is not a property that exists here. Leave it"],
    [{ proxy: { port: 22 } }, "connection.proxy.host: is missing. Give a name or IP address alone"],
    [{ proxy: { host: "a", proxy: { host: "b" } } }, "connection.proxy.proxy: is not a property that exists"],
    [
      { privateKey: "~/.ssh/id_ed25519" },
      "connection.privateKey: is a path, where the text of a private key",
    ],
    [
      { privateKey: "ssh-ed25519 AAAAC3Nz me@here" },
      "connection.privateKey: is a public key, where the text",
    ],
    [{ privateKey: "nonsense" }, "connection.privateKey: is something else, where the text of a private key"],
    [{ privateKeyFile: CONNECTION.privateKey }, "connection.privateKeyFile: is the content of a file, where"],
    [
      { passwordEnv: "not a name!" },
      "connection.passwordEnv: has a value that is not allowed. Give the name",
    ],
    [{ hostKey: "SHA256:abcdef" }, "connection.hostKey: `hostKey` is not a public key."],
    [
      { privateKey: CONNECTION.privateKey, privateKeyEnv: "KEY" },
      "connection.privateKeyEnv: there are both `privateKey` and `privateKeyEnv`. Give one of them.",
    ],
    [
      { hostKey: CONNECTION.hostKey, insecureIgnoreHostKey: true },
      "connection.insecureIgnoreHostKey: there are both `hostKey` and `insecureIgnoreHostKey`.",
    ],
  ])("is refused, and why, in %j", (connection, message) => {
    const [reason, ...others] = reasons(connection);
    expect(reason).toContain(`hosts.edge.${message}`);
    expect(others).toEqual([]);
  });

  it.each(["fe80::1%eth0", "2001:db8::10", "edge-a.example.test", "edge_a"])("takes the host %s", (host) => {
    expect(reasons({ host })).toEqual([]);
  });

  it("may be a password and a key, of which sshd takes what it wants", () => {
    expect(reasons({ password: "x", privateKey: CONNECTION.privateKey })).toEqual([]);
  });

  it("is told twice only where it is one machine: not behind different jump hosts, nor at another port", () => {
    const found = (first: object, second: object): readonly string[] =>
      checkedTarget({
        a: { addresses: ["192.0.2.1"], connection: { host: "10.0.0.1", ...first } },
        b: { addresses: ["192.0.2.2"], connection: { host: "10.0.0.1", ...second } },
      });
    expect(found({}, { port: 22, user: "deploy" })[0]).toContain(
      "hosts.b.connection.host: is that of host a too.",
    );
    expect(found({}, { port: 2222 })).toEqual([]);
    expect(found({ proxy: { host: "a" } }, { proxy: { host: "b" } })).toEqual([]);
    expect(found({ proxy: { host: "a" } }, { proxy: { host: "A", port: 22 } })).toHaveLength(1);
    expect(found({ host: UNKNOWN }, { host: UNKNOWN })).toEqual([]);
  });
});

describe("what is not on this machine", () => {
  it("is only advice, because a preview may run elsewhere", () => {
    const { reasons: found, advice } = reached({
      passwordEnv: "OFFLOAD_TEST_UNSET",
      privateKeyFile: "/nowhere/id_ed25519",
      knownHostsFile: "/nowhere/known_hosts",
    });
    expect(found).toEqual([]);
    expect(advice.map((text) => text.replace(/: (?:names|the file).*\((\w+)\)$/, " $1"))).toEqual([
      "hosts.edge.connection.privateKeyFile LOGIN_FILE_UNREADABLE",
      "hosts.edge.connection.knownHostsFile LOGIN_FILE_UNREADABLE",
      "hosts.edge.connection.passwordEnv LOGIN_VARIABLE_UNSET",
    ]);
    expect(advice.join()).not.toContain("OFFLOAD_TEST_UNSET");
  });

  it("is of no interest where the environment gives something instead, or has it", () => {
    const directory = mkdtempSync(join(tmpdir(), "login-"));
    const file = join(directory, "known_hosts");
    writeFileSync(file, "");
    vi.stubEnv("OFFLOAD_SSH_PRIVATE_KEY", "key");
    vi.stubEnv("OFFLOAD_TEST_SET", "word");
    const connection = {
      passwordEnv: "OFFLOAD_TEST_SET",
      privateKeyFile: "/nowhere/id",
      knownHostsFile: file,
    };
    expect(reached(connection).advice).toEqual([]);
    rmSync(directory, { recursive: true });
  });
});

describe("another machine under the name of a host", () => {
  const here = { addresses: ["192.0.2.10"], local: { stateDir: "/tmp/agent" } };
  const there = { addresses: ["192.0.2.10"], connection: { host: "10.0.0.10", user: "deploy" } };

  it("is refused, and so is another way to the agent, with what to do", () => {
    expect(moved(here, there)[0]).toContain(
      "hosts.a: this host is the machine that runs Pulumi and cannot become 10.0.0.10. Leave it what it is, or give the new one another name",
    );
    expect(moved(there, here)[0]).toContain("HOST_MOVED");
    const elsewhere = { addresses: ["192.0.2.11"], connection: { host: "10.0.0.11" } };
    expect(moved(there, elsewhere)[0]).toContain(
      "hosts.a.connection.host: this host is 10.0.0.10 and cannot become 10.0.0.11.",
    );
  });

  it("is not seen in another way to the same machine", () => {
    for (const now of [
      { ...there, connection: { host: "edge.example.test" } },
      { addresses: ["192.0.2.11"], connection: { host: "10.0.0.10" } },
      { ...there, connection: { ...CONNECTION, host: "10.0.0.10" } },
      { addresses: ["192.0.2.11", "192.0.2.10"], connection: { host: "10.0.0.11" } },
      { addresses: [UNKNOWN], connection: { host: "10.0.0.11" } },
      { addresses: ["192.0.2.11"], connection: { host: UNKNOWN } },
    ]) {
      expect(moved(there, now)).toEqual([]);
    }
  });

  function moved(was: object, is: object): readonly string[] {
    return checkedTarget({ a: is }, { a: was });
  }
});

/** What check says of hosts as they stand in the hidden input. */
function checkedTarget(hosts: object, olds?: object): readonly string[] {
  const withHosts = (target: object): object => ({
    ...CORRECT.loadBalancer,
    __offload: { ...HIDDEN, target: { ...HIDDEN.target, hosts: target } },
  });
  const { failures } = checkInputs(
    loadBalancerDeclaration,
    olds === undefined ? null : (withHosts(withBound(olds)) as Record<string, unknown>),
    withHosts(withBound(hosts)) as Record<string, unknown>,
  );
  return failures.map(({ reason }) => reason);
}

function withBound(hosts: object): object {
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]: [string, { addresses: unknown }]) => [
      name,
      { bindAddresses: host.addresses, status: "Active", ...host },
    ]),
  );
}
