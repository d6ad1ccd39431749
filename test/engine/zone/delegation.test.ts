import { join } from "node:path";
import * as offload from "pulumi-tls-offload";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../support/dig";
import { bindMissing, startBind, type DnsPrimary } from "../../support/dns";
import { DNS_PORT, dnsPortMissing } from "../../support/dns/dns-port";
import { nsupdate } from "../../support/dns/nsupdate";
import { MiniEngine, type Deployed, type Program } from "../../support/engine";
import { describeUnless } from "../../support/needs";
import { onCleanup, temporaryDirectory } from "../../support/workspace";

/** BIND listens only where an interface has the address. */
const PARENT = "::1";
const HOSTS = { "edge-a": "127.0.54.11", "edge-b": "127.0.54.12" };
const ZONE = "web.example.test";
const A = { ns: nameServer("edge-a"), glue: `edge-a.ns.${ZONE}. 3600 IN A 127.0.54.11` };
const B = { ns: nameServer("edge-b"), glue: `edge-b.ns.${ZONE}. 3600 IN A 127.0.54.12` };
const C = { ns: nameServer("edge-c"), glue: `edge-c.ns.${ZONE}. 3600 IN A 127.0.54.13` };
const BOTH = `edge-a.ns.${ZONE} (127.0.54.11), edge-b.ns.${ZONE} (127.0.54.12)`;

describeUnless(bindMissing() ?? dnsPortMissing(), "a load balancer's zone below a zone of BIND", () => {
  let parent: DnsPrimary;
  let engine: MiniEngine;
  const directory = temporaryDirectory("delegation");
  beforeAll(async () => {
    parent = await startBind({ address: PARENT, port: DNS_PORT });
    const env = { OFFLOAD_DNS_RESOLVERS: `[${PARENT}]:${DNS_PORT}`, OFFLOAD_SKIP_WAITS: "1" };
    engine = new MiniEngine({ keepProvider: true, env });
    onCleanup(() => engine.stop());
  });
  afterAll(() => parent.stop());

  describe("that the internet may ask", () => {
    it("comes with the records for its parent, and a warning as long as these are not there", async () => {
      const deployed = await engine.up(program(HOSTS));
      const delegation = [A.ns, B.ns, A.glue, B.glue];
      expect(deployed.stackOutputs).toEqual({ delegation });
      expect(printed(deployed)).toEqual([recordsFor(delegation)]);
      expect(warnings(deployed)).toEqual([differs("no name server", BOTH)]);
    });

    it("is found by them as they were printed", async () => {
      await inParent(A.ns, B.ns, A.glue, B.glue);
      expect(warnings(await engine.refresh())).toEqual([]);
      const { authority } = await dig(parent, ZONE, "A", "+norecurse");
      expect([...authority].sort()).toEqual([A.ns, B.ns]);
      for (const address of Object.values(HOSTS)) {
        const server = { address, port: DNS_PORT };
        const { flags, answer } = await dig(server, ZONE, "NS", "+norecurse");
        expect(flags).toContain("aa");
        expect([...answer].sort()).toEqual([A.ns, B.ns]);
        expect((await dig(server, `edge-b.ns.${ZONE}`, "A", "+tcp")).answer).toEqual([B.glue]);
      }
    });

    it("tells when a host joins, whose records the others' stay beside", async () => {
      const hosts = { ...HOSTS, Edge_C: "127.0.54.13" };
      const deployed = await engine.up(program(hosts));
      expect(deployed.stackOutputs["delegation"]).toEqual(
        expect.arrayContaining([A.ns, B.ns, C.ns, A.glue, B.glue, C.glue]),
      );
      expect(printed(deployed)).toHaveLength(1);
      const three = `${BOTH}, edge-c.ns.${ZONE} (127.0.54.13)`;
      expect(warnings(deployed)).toEqual([differs(BOTH, three)]);
      await inParent(C.ns, C.glue);
      expect(warnings(await engine.refresh())).toEqual([]);
      expect((await engine.preview(program(hosts))).changes).toEqual([]);
    });

    it("tells when one leaves whose records are still there", async () => {
      const deployed = await engine.up(program(HOSTS));
      expect(warnings(deployed)).toEqual([differs(`${BOTH}, edge-c.ns.${ZONE} (127.0.54.13)`, BOTH)]);
      await nsupdate(
        parent,
        `update delete ${ZONE} NS edge-c.ns.${ZONE}.`,
        `update delete edge-c.ns.${ZONE} A`,
      );
      expect(warnings(await engine.refresh())).toEqual([]);
    });

    it("tells when somebody sends resolvers elsewhere", async () => {
      await nsupdate(
        parent,
        `update delete edge-b.ns.${ZONE} A`,
        `update add edge-b.ns.${ZONE} 60 A 192.0.2.66`,
      );
      const elsewhere = BOTH.replace("127.0.54.12", "192.0.2.66");
      expect(warnings(await engine.refresh())).toEqual([differs(elsewhere, BOTH)]);
    });

    it("fails nothing where nobody can tell, which is said once, and no more than said", async () => {
      await parent.stop();
      const [first, second] = [await engine.refresh(), await engine.refresh()];
      expect([...warnings(first), ...warnings(second)]).toEqual([]);
      const logs = [...first.logs, ...second.logs];
      expect(logs.filter(({ message }) => message.startsWith("nobody can tell"))).toMatchObject([
        {
          severity: "info",
          message: `nobody can tell from here whether resolvers find ${ZONE}; \`dig +trace ${ZONE} NS\` tells where they can ask`,
        },
      ]);
      await engine.destroy();
    });
  });

  function program(hosts: Readonly<Record<string, string>>): Program {
    const local = Object.entries(hosts).map(([name, address]) => [
      name,
      { addresses: [address], local: { stateDir: join(directory, name) } },
    ]);
    return () => {
      const { delegation } = new offload.LoadBalancer("web", {
        hosts: Object.fromEntries(local) as offload.LoadBalancerArgs["hosts"],
        dnsName: ZONE,
        dnsListen: { public: true },
      });
      return { delegation };
    };
  }

  async function inParent(...records: readonly string[]): Promise<void> {
    await nsupdate(parent, ...records.map((record) => `update add ${record}`));
  }
});

function nameServer(host: string): string {
  return `${ZONE}. 3600 IN NS ${host}.ns.${ZONE}.`;
}

function recordsFor(delegation: readonly string[]): string {
  return `records for the parent zone of ${ZONE}, in place of those that it has for it:\n${delegation.join("\n")}`;
}

function differs(seen: string, wanted: string): string {
  return `the zone example.test sends resolvers for ${ZONE} to ${seen}, as ${PARENT} port 53 says, and should send them to ${wanted}. Put the records of the output \`delegation\` into example.test, in place of those that are there for ${ZONE} and its name servers; where ${ZONE} is in an embedded Domain, delegate that one instead. (DELEGATION_DIFFERS)`;
}

function printed({ logs }: Deployed): string[] {
  const messages = logs.map(({ message }) => message);
  return messages.filter((message) => message.startsWith("records for the parent zone"));
}

function warnings({ logs }: Deployed): string[] {
  return logs.filter(({ severity }) => severity === "warning").map(({ message }) => message);
}
