import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deadlineIn } from "../../../provider/fleet/deadline";
import { removeAgent } from "../../../provider/transport/local/agent";
import { DeploymentError, MiniEngine } from "../../support/engine";
import { describeUnless } from "../../support/needs";
import { recordedLog } from "../../support/ssh/log";
import { missingForSshd, startSshd, type Sshd } from "../../support/ssh/sshd";
import { onCleanup, temporaryDirectory } from "../../support/workspace";

const [A, B, C, D] = ["127.0.0.181", "127.0.0.182", "127.0.0.183", "127.0.0.184"];

describeUnless(missingForSshd, "hosts that refuse", () => {
  let sshd: Sshd;
  let directory: string;
  const stateDir = (name: string): string => join(directory, name);
  beforeAll(async () => {
    sshd = await startSshd();
    directory = temporaryDirectory("refusing");
  });
  afterAll(() => sshd.stop());

  it("are all told in one error, and no other host is touched meanwhile", async () => {
    const first = engineOf("first");
    await first.up(web({ taken: { addresses: [C], local: { stateDir: stateDir("taken") } } }));
    const { message } = await failureOf(
      engineOf("second"),
      web({
        free: { addresses: [A], local: { stateDir: stateDir("free") } },
        strange: { addresses: [B], connection: strangeConnection() },
        taken: { addresses: [C], local: { stateDir: stateDir("taken") } },
      }),
    );
    expect(message).toMatch(
      /: 2 of 3 hosts cannot be used, so nothing was changed on any\. .* \(HOSTS_REFUSED\)\nhost strange: .* \(SSH_HOST_KEY_CHANGED\)\nhost taken: .* \(HOST_CLAIMED\)/,
    );
    expect(existsSync(stateDir("free"))).toBe(false);
    await first.destroy();
  });

  it("only when it comes to installing: what the others got is taken back, and that is the last word on them", async () => {
    const occupied = join(directory, "occupied");
    writeFileSync(occupied, "");
    const hosts = {
      free: { addresses: [A], local: { stateDir: stateDir("free") } },
      full: { addresses: [D], local: { stateDir: join(occupied, "below") } },
    };
    const { message, deployed } = await failureOf(engineOf("third"), web(hosts));
    expect(message).toContain("STATE_DIRECTORY_UNUSABLE");
    const said = deployed.logs.map((line) => line.message).filter((text) => text.startsWith("host free"));
    expect(said.at(-1)).toBe("host free: its agent is removed again, for it would serve nobody");
    expect(existsSync(stateDir("free"))).toBe(false);
  });

  function engineOf(stack: string): MiniEngine {
    const engine = new MiniEngine({ stack });
    onCleanup(async () => {
      await engine.stop();
      for (const name of ["free", "taken"]) {
        const agent = { host: name, stateDir: stateDir(name), log: recordedLog(), deadline: deadlineIn(30) };
        await removeAgent(agent);
      }
    });
    return engine;
  }

  /** Another key than the one that it shows. */
  function strangeConnection(): offload.ConnectionArgs {
    const { port, user, userKey } = sshd;
    return { host: "127.0.0.1", port, user, privateKey: userKey.secret, hostKey: userKey.text };
  }
});

function web(hosts: offload.LoadBalancerArgs["hosts"]): () => void {
  return () => {
    new offload.LoadBalancer("web", { hosts });
  };
}

async function failureOf(engine: MiniEngine, program: () => void): Promise<DeploymentError> {
  const failure = await engine.up(program).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof DeploymentError)) throw new Error("it succeeded");
  return failure;
}
