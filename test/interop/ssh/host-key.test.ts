import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { closeSessions } from "../../../provider/transport/ssh/pool";
import { describeUnless } from "../../support/needs";
import { makeKey, type KeyPair } from "../../support/ssh/keys";
import { recordedLog, type RecordedLog } from "../../support/ssh/log";
import { outcomeOf } from "../../support/ssh/open";
import { REMEDIES } from "../../support/ssh/remedies";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";

describeUnless(missingForSshd, "the host key of a real sshd", () => {
  let sshd: Sshd;
  let ed25519Only: Sshd;
  let foreign: KeyPair;
  let file: string;
  let log: RecordedLog;
  let files = 0;

  beforeAll(async () => {
    sshd = await startSshd();
    ed25519Only = await startSshd({ hostKeyTypes: ["ed25519"] });
    foreign = makeKey(sshd.directory, "foreign");
  });
  beforeEach(() => {
    files += 1;
    file = join(sshd.directory, `known_hosts_${files}`);
    log = recordedLog();
  });
  afterEach(closeSessions);
  afterAll(async () => {
    await sshd.stop();
    await ed25519Only.stop();
  });

  const outcome = (changes: Readonly<Record<string, unknown>>, to: Sshd = sshd): Promise<string> =>
    outcomeOf(to, changes, log);
  const known = (...lines: string[]): Readonly<Record<string, unknown>> => {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return { hostKey: undefined, knownHostsFile: file };
  };
  const name = (): string => `[127.0.0.1]:${sshd.port}`;

  it("refuses an unknown machine, shows its fingerprint, and accepts it once the shown line is added", async () => {
    const connection = known("# nobody yet");
    const { text, fingerprint } = sshd.hostKeys.ed25519;
    const line = `${name()} ${text}`;
    expect(await outcome(connection)).toBe(
      `host edge-a: the host key of 127.0.0.1 port ${sshd.port} is not known here; it shows ssh-ed25519 ${fingerprint}. ` +
        `Compare this fingerprint with \`ssh-keygen -lf\` of /etc/ssh/ssh_host_*_key.pub on the machine itself. ` +
        `If it is there, add the line \`${line}\` to ${file}, or give \`hostKey: "${text}"\`. (SSH_HOST_KEY_UNKNOWN)`,
    );
    appendFileSync(file, `${line}\n`);
    expect(await outcome(connection)).toBe("accepted");
    expect(await outcome({ hostKey: text })).toBe("accepted");
  });

  it("sends no credential to a machine that it does not know", async () => {
    const before = ed25519Only.log().length;
    await outcome({ hostKey: foreign.text }, ed25519Only);
    expect(ed25519Only.log().slice(before)).not.toMatch(/Failed|Accepted|Postponed/);
  });

  it("refuses another key than the pinned one, with both fingerprints", async () => {
    expect(await outcome({ hostKey: foreign.text })).toBe(
      `host edge-a: 127.0.0.1 port ${sshd.port} shows another host key: ssh-ed25519 ${sshd.hostKeys.ed25519.fingerprint}; ` +
        `\`hostKey\` has ssh-ed25519 ${foreign.fingerprint}. ${REMEDIES.hostKeyChanged}`,
    );
  });

  it("refuses another key than the known one, with both fingerprints and the file", async () => {
    expect(await outcome(known(`${name()} ${foreign.text}`))).toBe(
      `host edge-a: 127.0.0.1 port ${sshd.port} shows another host key: ssh-ed25519 ${sshd.hostKeys.ed25519.fingerprint}; ` +
        `${file} has ssh-ed25519 ${foreign.fingerprint}. ${REMEDIES.hostKeyChanged}`,
    );
  });

  it.each(["ed25519", "ecdsa", "rsa"] as const)(
    "accepts the right %s key, whatever else the machine has",
    async (type) => {
      expect(await outcome({ hostKey: `${sshd.hostKeys[type].text} comment` })).toBe("accepted");
      closeSessions();
      expect(await outcome(known(`${name()} ${sshd.hostKeys[type].text}`))).toBe("accepted");
    },
  );

  it("refuses a machine that no longer has a key of the known type", async () => {
    const { rsa } = sshd.hostKeys;
    expect(await outcome({ hostKey: rsa.text }, ed25519Only)).toBe(
      `host edge-a: 127.0.0.1 port ${ed25519Only.port} shows another host key: ` +
        `ssh-ed25519 ${ed25519Only.hostKeys.ed25519.fingerprint}; \`hostKey\` has ssh-rsa ${rsa.fingerprint}. ` +
        REMEDIES.hostKeyChanged,
    );
  });

  it("finds the machine in a hashed known_hosts, as ssh-keygen -H makes it", async () => {
    const connection = known(`other.example ${foreign.text}`, `${name()} ${sshd.hostKeys.ecdsa.text}`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    expect(existsSync(`${file}.old`)).toBe(true);
    expect(await outcome(connection)).toBe("accepted");
  });

  it("does not take the line of another port for its own", async () => {
    const { text } = sshd.hostKeys.ed25519;
    expect(await outcome(known(`[127.0.0.1]:1 ${text}`))).toMatch(/SSH_HOST_KEY_UNKNOWN/);
  });

  it("accepts the machine's key without a port where none is known of the port, as OpenSSH does", async () => {
    const { ed25519, rsa } = sshd.hostKeys;
    expect(await outcome(known(`127.0.0.1 ${rsa.text}`))).toBe("accepted");
    closeSessions();
    expect(await outcome(known(`127.0.0.1 ${foreign.text}`))).toMatch(/SSH_HOST_KEY_UNKNOWN/);
    expect(await outcome(known(`127.0.0.1 ${ed25519.text}`, `${name()} ${foreign.text}`))).toMatch(
      /SSH_HOST_KEY_CHANGED/,
    );
    expect(await outcome(known(`127.0.0.1 ${ed25519.text}`, `@revoked 127.0.0.1 ${ed25519.text}`))).toMatch(
      /SSH_HOST_KEY_REVOKED/,
    );
  });

  it("accepts one of several keys of the machine, from a list of names and patterns", async () => {
    const lines = [`${name()} ${foreign.text}`, `edge-a,[127.0.0.*]:* ${sshd.hostKeys.ed25519.text}`];
    expect(await outcome(known(...lines))).toBe("accepted");
  });

  it("refuses a revoked key, even where another line has it as known", async () => {
    const { text, fingerprint } = sshd.hostKeys.ed25519;
    expect(await outcome(known(`${name()} ${text}`, `@revoked * ${text}`))).toBe(
      `host edge-a: 127.0.0.1 port ${sshd.port} shows a host key that ${file} marks as revoked: ssh-ed25519 ${fingerprint}. ` +
        `Give the machine a new host key, or find out who answers at its address. (SSH_HOST_KEY_REVOKED)`,
    );
  });

  it("does not take a certificate authority's key for a host's", async () => {
    expect(await outcome(known(`@cert-authority * ${sshd.hostKeys.ed25519.text}`))).toMatch(
      /SSH_HOST_KEY_UNKNOWN/,
    );
  });

  it("accepts anything only with insecureIgnoreHostKey, and warns at every connection", async () => {
    const warning =
      `warning: host edge-a: its host key ssh-ed25519 ${sshd.hostKeys.ed25519.fingerprint} was not checked ` +
      "(`insecureIgnoreHostKey`)";
    expect(await outcome({ hostKey: undefined, insecureIgnoreHostKey: true })).toBe("accepted");
    expect(log.lines).toEqual([warning]);
    closeSessions();
    expect(await outcome({ hostKey: undefined, insecureIgnoreHostKey: true })).toBe("accepted");
    expect(log.lines).toEqual([warning, warning]);
  });

  it("says so when the pinned key is none", async () => {
    expect(await outcome({ hostKey: sshd.hostKeys.ed25519.fingerprint })).toBe(
      "host edge-a: `hostKey` is not a public key. Give one line of the machine's /etc/ssh/ssh_host_*_key.pub: " +
        '"ssh-ed25519 AAAA...". (SSH_HOST_KEY_MALFORMED)',
    );
  });

  it("says so when the named known_hosts file is not there", async () => {
    const missing = join(sshd.directory, "nowhere");
    expect(await outcome({ hostKey: undefined, knownHostsFile: missing })).toBe(
      `host edge-a: \`knownHostsFile\`: the file ${missing} cannot be read: there is no such file. ` +
        "Give a path that this user can read; relative paths count from the program's directory. (SSH_FILE_UNREADABLE)",
    );
  });
});
