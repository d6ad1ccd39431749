import { beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, named } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readAll } from "../../support/tls-client";
import { until } from "../../support/until";
import { certificate, change, group, listener, loadBalancer, QUICK_CHECK } from "./objects";

const VISITORS = 4;

let agent: TestAgent;
let first: Backend;
let second: Backend;
let port: number;

beforeAll(async () => {
  agent = await TestAgent.start();
  first = await Backend.start(named("ECS01"));
  second = await Backend.start(named("ECS02"));
  port = await freePort();
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const servers = group([first.port, second.port], { healthCheck: QUICK_CHECK });
  await agent.call("change", change([loadBalancer(), certificate(issued), servers, listener(port)]));
  await untilHealth("healthy");
});

async function untilHealth(health: "healthy" | "unhealthy"): Promise<void> {
  await until(`ECS02 is ${health}`, async () => {
    const { servers } = await agent.call("observed", {});
    return servers.find(({ serverId }) => serverId === "ECS02")?.health === health;
  });
}

/** Visitors that come again and again until they are stopped; what they were answered, in order. */
function visit(): { answers: string[]; stop: () => Promise<void> } {
  const answers: string[] = [];
  let stopped = false;
  const visitors = Array.from({ length: VISITORS }, async () => {
    while (!stopped) {
      const client = await connectTls(port);
      client.end();
      answers.push((await readAll(client)).toString().trim() || "nothing");
      client.destroy();
    }
  });
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(visitors);
  };
  return { answers, stop };
}

describe("a backend that dies", () => {
  it("costs no client but those that it was serving, and gets clients again when it is back", async () => {
    const { answers, stop } = visit();
    await until("both answer", () => answers.includes("ECS01") && answers.includes("ECS02"));
    const before = answers.length;
    await second.stop();
    await untilHealth("unhealthy");
    const out = answers.length;
    await until("many have come since", () => answers.length > out + 50);
    expect(answers.slice(before).filter((answer) => answer === "nothing").length).toBeLessThanOrEqual(
      VISITORS,
    );
    expect(new Set(answers.slice(out + VISITORS, out + 50))).toEqual(new Set(["ECS01"]));
    second = await Backend.start(named("ECS02"), second.port);
    await untilHealth("healthy");
    const back = answers.length;
    await until("it answers again", () => answers.indexOf("ECS02", back) !== -1);
    await stop();
    expect(answers.slice(out).filter((answer) => answer === "nothing")).toEqual([]);
  });
});
