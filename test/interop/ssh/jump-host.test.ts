import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { closeSessions, dials } from "../../../provider/transport/ssh/pool";
import { WITHOUT_THE_HOST } from "../../../proxy-agent/contract/errors/without-the-host";
import { freePort } from "../../support/free-port";
import { describeUnless } from "../../support/needs";
import { connectionTo } from "../../support/ssh/connection";
import { failureOf, openTo } from "../../support/ssh/open";
import { REMEDIES } from "../../support/ssh/remedies";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";

describeUnless(missingForSshd, "a host behind a jump host", () => {
  let jump: Sshd;
  let hosts: Sshd[];

  beforeAll(async () => {
    jump = await startSshd();
    hosts = [await startSshd(), await startSshd()];
  });
  afterEach(closeSessions);
  afterAll(async () => {
    for (const sshd of [jump, ...hosts]) await sshd.stop();
  });

  const [first, second] = [(): Sshd => hosts[0] ?? jump, (): Sshd => hosts[1] ?? jump];
  const proxy = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => {
    const { proxy: none, ...connection } = connectionTo(jump, changes);
    expect(none).toBeUndefined();
    return { proxy: connection };
  };

  it("is reached through it, and several hosts share the one connection to it", async () => {
    const before = dials().get(`127.0.0.1:${jump.port}`) ?? 0;
    const sessions = await Promise.all([openTo(first(), proxy()), openTo(second(), proxy())]);
    for (const session of sessions) {
      const { stdout } = await session.exec("echo $SSH_CONNECTION");
      expect(stdout.toString()).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+\n$/);
    }
    expect(dials().get(`127.0.0.1:${jump.port}`)).toBe(before + 1);
    expect(jump.log()).toMatch(/Accepted publickey/);
  });

  it("is refused with another host key than the pinned one, and so is the jump host, each named", async () => {
    const { ed25519, rsa } = first().hostKeys;
    expect(await failureOf(openTo(first(), proxy({ hostKey: rsa.text })))).toBe(
      `host edge-a: jump host: 127.0.0.1 port ${jump.port} shows another host key: ` +
        `ssh-rsa ${jump.hostKeys.rsa.fingerprint}; \`hostKey\` has ssh-rsa ${rsa.fingerprint}. ${REMEDIES.hostKeyChanged}`,
    );
    const { text, fingerprint } = jump.hostKeys.ed25519;
    expect(await failureOf(openTo(first(), { ...proxy(), hostKey: text }))).toBe(
      `host edge-a: 127.0.0.1 port ${first().port} shows another host key: ` +
        `ssh-ed25519 ${ed25519.fingerprint}; \`hostKey\` has ssh-ed25519 ${fingerprint}. ${REMEDIES.hostKeyChanged}`,
    );
  });

  it("is refused with an unknown host key, and so is the jump host, each with the line that makes it known", async () => {
    const knownHostsFile = join(jump.directory, "known_hosts");
    writeFileSync(knownHostsFile, "# nobody yet\n");
    const unknown = { hostKey: undefined, knownHostsFile };
    expect(await failureOf(openTo(first(), proxy(unknown)))).toBe(
      `host edge-a: jump host: ${unknownAt(jump, knownHostsFile)}`,
    );
    const ofJump = `[127.0.0.1]:${jump.port} ${jump.hostKeys.ed25519.text}\n`;
    writeFileSync(knownHostsFile, ofJump);
    expect(await failureOf(openTo(first(), { ...proxy(unknown), ...unknown }))).toBe(
      `host edge-a: ${unknownAt(first(), knownHostsFile)}`,
    );
    closeSessions();
    writeFileSync(knownHostsFile, `${ofJump}[127.0.0.1]:${first().port} ${first().hostKeys.ed25519.text}\n`);
    const session = await openTo(first(), { ...proxy(unknown), ...unknown });
    expect((await session.exec("echo accepted")).stdout.toString()).toBe("accepted\n");
  });

  it("is told from the jump host when the login fails", async () => {
    const stranger = { privateKey: first().userKey.secret };
    expect(await failureOf(openTo(first(), proxy(stranger)))).toBe(
      `host edge-a: jump host: 127.0.0.1 port ${jump.port} refuses the login of ${jump.user}; ` +
        `it was offered the key of \`privateKey\`. ${REMEDIES.loginRefused}`,
    );
    expect(await failureOf(openTo(first(), { ...proxy(), privateKey: jump.userKey.secret }))).toBe(
      `host edge-a: 127.0.0.1 port ${first().port} refuses the login of ${first().user}; ` +
        `it was offered the key of \`privateKey\`. ${REMEDIES.loginRefused}`,
    );
  });

  it("is unreachable in its own name when the jump host cannot connect to it", async () => {
    const port = await freePort();
    expect(await failureOf(openTo(first(), { ...proxy(), port, dialErrorLimit: 1 }))).toBe(
      `host edge-a: no SSH connection to 127.0.0.1 port ${port}: the jump host says: ` +
        "Connection refused. Look whether the machine is up, its sshd listens there, and no " +
        `firewall is in between. ${WITHOUT_THE_HOST}. (SSH_UNREACHABLE)`,
    );
  });

  it("says so when the jump host forwards nothing", async () => {
    const closed = await startSshd({ config: ["AllowTcpForwarding no"] });
    try {
      const { proxy: none, ...connection } = connectionTo(closed);
      expect(none).toBeUndefined();
      expect(await failureOf(openTo(first(), { proxy: connection }))).toBe(
        `host edge-a: sshd refuses \`forward to 127.0.0.1 port ${first().port}\`: it is prohibited there. ` +
          "Look at MaxSessions, AllowTcpForwarding and the key's options in authorized_keys there. " +
          "(SSH_CHANNEL_REFUSED)",
      );
    } finally {
      await closed.stop();
    }
  });

  it("fails what runs on it when the jump host goes", async () => {
    const session = await openTo(first(), proxy());
    const running = failureOf(session.exec("sleep 100"));
    await session.exec("true");
    jump.cutConnections();
    expect(await running).toBe(
      "host edge-a: the SSH connection was lost during `sleep 100`: the connection to the jump host was lost: " +
        "the other side closed it. Look whether the machine is up, and run the same command again: it goes on where " +
        "this one ended. (SSH_CONNECTION_LOST)",
    );
    expect((await session.exec("echo back")).stdout.toString()).toBe("back\n");
  });
});

function unknownAt({ port, hostKeys }: Sshd, file: string): string {
  const { text, fingerprint } = hostKeys.ed25519;
  return (
    `the host key of 127.0.0.1 port ${port} is not known here; it shows ssh-ed25519 ${fingerprint}. ` +
    "Compare this fingerprint with `ssh-keygen -lf` of /etc/ssh/ssh_host_*_key.pub on the machine itself. If it is " +
    `there, add the line \`[127.0.0.1]:${port} ${text}\` to ${file}, or give \`hostKey: "${text}"\`. ` +
    "(SSH_HOST_KEY_UNKNOWN)"
  );
}
