import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { closeSessions, dials } from "../../../provider/transport/ssh/pool";
import { describeUnless } from "../../support/needs";
import { makeKey, type KeyPair } from "../../support/ssh/keys";
import { openTo, outcomeOf } from "../../support/ssh/open";
import { startPasswordServer, type PasswordServer } from "../../support/ssh/password-server";
import { REMEDIES } from "../../support/ssh/remedies";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";
import { until } from "../../support/until";

const PASSPHRASE = "correct horse 4711";
const PASSWORD = "battery staple 4712";

describeUnless(missingForSshd, "logging in to a real sshd", () => {
  let sshd: Sshd;
  let encrypted: KeyPair;
  let stranger: KeyPair;

  beforeAll(async () => {
    sshd = await startSshd();
    encrypted = makeKey(sshd.directory, "encrypted", { passphrase: PASSPHRASE });
    stranger = makeKey(sshd.directory, "stranger");
    appendFileSync(join(sshd.directory, "authorized_keys"), `${encrypted.text}\n`);
  });
  afterEach(() => {
    closeSessions();
    vi.unstubAllEnvs();
  });
  afterAll(() => sshd.stop());

  const outcome = async (changes: Readonly<Record<string, unknown>>): Promise<string> => {
    const message = await outcomeOf(sshd, { privateKey: undefined, ...changes });
    expect(message).not.toMatch(new RegExp(`${PASSPHRASE}|${PASSWORD}|PRIVATE KEY-----\\n`));
    return message;
  };

  it("says what was offered when it is refused, and does not try again", async () => {
    const before = dials().get(`127.0.0.1:${sshd.port}`) ?? 0;
    expect(await outcome({ privateKey: stranger.secret, password: PASSWORD })).toBe(
      `host edge-a: 127.0.0.1 port ${sshd.port} refuses the login of ${sshd.user}; ` +
        "it was offered the key of `privateKey` and the password of `password`. " +
        REMEDIES.loginRefused,
    );
    expect(dials().get(`127.0.0.1:${sshd.port}`)).toBe(before + 1);
  });

  it("takes the key by value, by variable and by file, and a passphrase the same ways", async () => {
    vi.stubEnv("EDGE_KEY", sshd.userKey.secret);
    vi.stubEnv("EDGE_PASSPHRASE", PASSPHRASE);
    expect(await outcome({ privateKey: sshd.userKey.secret })).toBe("accepted");
    expect(await outcome({ privateKeyEnv: "EDGE_KEY" })).toBe("accepted");
    expect(await outcome({ privateKeyFile: sshd.userKey.file })).toBe("accepted");
    expect(await outcome({ privateKey: encrypted.secret, privateKeyPassword: PASSPHRASE })).toBe("accepted");
    expect(await outcome({ privateKeyFile: encrypted.file, privateKeyPasswordEnv: "EDGE_PASSPHRASE" })).toBe(
      "accepted",
    );
    vi.stubEnv("OFFLOAD_SSH_PRIVATE_KEY_PASSWORD", PASSPHRASE);
    expect(await outcome({ privateKeyFile: encrypted.file })).toBe("accepted");
  });

  it.each([
    ["rsa", ["-t", "rsa", "-m", "PEM"]],
    ["ecdsa", ["-t", "ecdsa", "-m", "PEM"]],
    ["pkcs8", ["-t", "rsa", "-m", "PKCS8"]],
  ])("takes a key in the older format of %s", async (name, options) => {
    const file = join(sshd.directory, `format_${name}`);
    execFileSync("ssh-keygen", ["-q", ...options, "-N", "", "-f", file]);
    appendFileSync(join(sshd.directory, "authorized_keys"), execFileSync("cat", [`${file}.pub`]));
    expect(await outcome({ privateKeyFile: file })).toBe("accepted");
  });

  it("names an encrypted key without a passphrase, and a wrong passphrase, and shows neither", async () => {
    expect(await outcome({ privateKeyFile: encrypted.file })).toBe(
      "host edge-a: `privateKeyFile` is encrypted, and there is no passphrase. Give `privateKeyPassword`, set " +
        "OFFLOAD_SSH_PRIVATE_KEY_PASSWORD, or load the key into an SSH agent. (SSH_KEY_ENCRYPTED)",
    );
    expect(await outcome({ privateKey: encrypted.secret, privateKeyPassword: PASSWORD })).toBe(
      "host edge-a: `privateKey` is encrypted, and the passphrase is not the right one. Give the right " +
        "`privateKeyPassword`, or set OFFLOAD_SSH_PRIVATE_KEY_PASSWORD. (SSH_KEY_PASSPHRASE_WRONG)",
    );
  });

  it("names a key that is none: a public one, a damaged one, something else", async () => {
    const remedy =
      'Give the text of an OpenSSH key ("-----BEGIN OPENSSH PRIVATE KEY-----"), as `ssh-keygen` makes it. ' +
      "(SSH_KEY_MALFORMED)";
    expect(await outcome({ privateKey: sshd.userKey.text })).toBe(
      `host edge-a: \`privateKey\` is not a private key that can be used here: it is a public key. ${remedy}`,
    );
    expect(await outcome({ privateKey: sshd.userKey.secret.replace(/\n.{30}/, "\n") })).toBe(
      `host edge-a: \`privateKey\` is not a private key that can be used here: it is damaged, or of an unknown format. ${remedy}`,
    );
    expect(await outcome({ privateKey: "hunter2" })).toBe(
      `host edge-a: \`privateKey\` is not a private key that can be used here: it is no key. ${remedy}`,
    );
  });

  it("names the unset variable and the missing file", async () => {
    expect(await outcome({ privateKeyEnv: "EDGE_NOWHERE" })).toBe(
      "host edge-a: `privateKeyEnv` names the environment variable EDGE_NOWHERE, which is not set. " +
        "Set it where Pulumi runs, or set OFFLOAD_SSH_PRIVATE_KEY for this run. (SSH_VARIABLE_UNSET)",
    );
    expect(await outcome({ passwordEnv: "EDGE_NOWHERE" })).toMatch(/OFFLOAD_SSH_PASSWORD for this run/);
    const file = join(sshd.directory, "no_such_key");
    expect(await outcome({ privateKeyFile: file })).toBe(
      `host edge-a: \`privateKeyFile\`: the file ${file} cannot be read: there is no such file. ` +
        "Give a path that this user can read; relative paths count from the program's directory. (SSH_FILE_UNREADABLE)",
    );
  });

  it("lets the environment help where the declaration of the last `up` is of no use any more", async () => {
    vi.stubEnv("OFFLOAD_SSH_PRIVATE_KEY_FILE", sshd.userKey.file);
    expect(await outcome({ privateKeyFile: join(sshd.directory, "moved_away") })).toBe("accepted");
    expect(await outcome({ privateKey: stranger.secret })).toBe("accepted");
    vi.stubEnv("OFFLOAD_SSH_PRIVATE_KEY_FILE", "");
    vi.stubEnv("OFFLOAD_SSH_PRIVATE_KEY", sshd.userKey.secret);
    closeSessions();
    expect(await outcome({ privateKey: stranger.secret })).toBe("accepted");
  });

  it("uses the user's own agent and keys where nothing is declared, and says where it looked", async () => {
    const home = join(sshd.directory, "home");
    execFileSync("mkdir", ["-p", join(home, ".ssh")]);
    vi.stubEnv("HOME", home);
    vi.stubEnv("SSH_AUTH_SOCK", join(home, "gone"));
    writeFileSync(join(home, ".ssh", "id_rsa"), encrypted.secret, { mode: 0o600 });
    expect(await outcome({})).toBe(
      "host edge-a: there is nothing to log in with: SSH_AUTH_SOCK there is no such file; ~/.ssh/id_ed25519 there is " +
        "no such file; ~/.ssh/id_ecdsa there is no such file; ~/.ssh/id_rsa is encrypted. Give the connection a " +
        "`privateKeyFile`, `privateKey`, `password` or `agentSocketPath`, or set OFFLOAD_SSH_PRIVATE_KEY_FILE in the " +
        "environment. (SSH_CREDENTIALS_MISSING)",
    );
    writeFileSync(join(home, ".ssh", "id_ed25519"), sshd.userKey.secret, { mode: 0o600 });
    expect(await outcome({})).toBe("accepted");
  });

  it("asks an SSH agent, and says so when none answers", async () => {
    const socket = join(sshd.directory, "agent.sock");
    const agent = startAgent(socket);
    try {
      await until("the agent answers", () => addKey(socket, sshd.userKey.file));
      expect(await outcome({ agentSocketPath: socket })).toBe("accepted");
      closeSessions();
      vi.stubEnv("SSH_AUTH_SOCK", socket);
      expect(await outcome({})).toBe("accepted");
    } finally {
      agent.kill();
    }
    const gone = join(sshd.directory, "gone.sock");
    expect(await outcome({ agentSocketPath: gone })).toBe(
      `host edge-a: \`agentSocketPath\`: no SSH agent answers at ${gone}: there is no such file. ` +
        "Start the agent, or give the path of its socket. (SSH_AGENT_UNUSABLE)",
    );
  });

  it("is content with a login that may run one command only", async () => {
    const restricted = await startSshd({ keyOptions: `command="cat; echo $SSH_ORIGINAL_COMMAND",restrict` });
    try {
      const session = await openTo(restricted);
      const { stdout } = await session.exec("dial-stdio", { input: "asked " });
      expect(stdout.toString()).toBe("asked dial-stdio\n");
      await expect(session.forward("127.0.0.1", restricted.port)).rejects.toThrow(
        `host edge-a: sshd refuses \`forward to 127.0.0.1 port ${restricted.port}\`: it is prohibited there. ` +
          "Look at MaxSessions, AllowTcpForwarding and the key's options in " +
          "authorized_keys there. (SSH_CHANNEL_REFUSED)",
      );
    } finally {
      await restricted.stop();
    }
  });
});

describeUnless(missingForSshd, "logging in with a password", () => {
  let sshd: Sshd;
  const servers: PasswordServer[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterEach(async () => {
    closeSessions();
    vi.unstubAllEnvs();
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(() => sshd.stop());

  const server = async (...ways: ("password" | "keyboard-interactive")[]): Promise<PasswordServer> => {
    const started = await startPasswordServer(sshd.hostKeys.ed25519, PASSWORD, ways);
    servers.push(started);
    return started;
  };
  const outcome = (to: PasswordServer, changes: Readonly<Record<string, unknown>>): Promise<string> =>
    outcomeOf(sshd, { port: to.port, user: "admin", privateKey: undefined, ...changes });

  it("takes it by value, by variable and from the environment", async () => {
    const to = await server("password");
    vi.stubEnv("EDGE_PASSWORD", PASSWORD);
    expect(await outcome(to, { password: PASSWORD })).toBe("accepted");
    expect(await outcome(to, { passwordEnv: "EDGE_PASSWORD" })).toBe("accepted");
    vi.stubEnv("OFFLOAD_SSH_PASSWORD", PASSWORD);
    expect(await outcome(to, { passwordEnv: "EDGE_NOWHERE" })).toBe("accepted");
  });

  it("answers a server that asks for it by keyboard-interactive only", async () => {
    const to = await server("keyboard-interactive");
    expect(await outcome(to, { password: PASSWORD })).toBe("accepted");
    expect(to.tried).toEqual(["none", "keyboard-interactive"]);
  });

  it("says that a wrong one was refused, without showing it", async () => {
    const to = await server("password", "keyboard-interactive");
    expect(await outcome(to, { password: "wrong-4713" })).toBe(
      `host edge-a: 127.0.0.1 port ${to.port} refuses the login of admin; it was offered the password of \`password\`. ` +
        REMEDIES.loginRefused,
    );
    expect(to.tried).toEqual(["none", "password", "keyboard-interactive"]);
  });
});

function startAgent(socket: string): ChildProcess {
  return spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
}

function addKey(socket: string, file: string): boolean {
  execFileSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "ignore" });
  return true;
}
