import { beforeAll, describe, expect, it } from "vitest";
import { bindMissing, startBind } from "../../support/dns";
import { openEcho, type EchoConnection } from "../../support/echo-connection";
import { describeUnless } from "../../support/needs";
import { until } from "../../support/until";
import { BALANCERS, embedded, inZoneOf, TrafficSite, type Balancer, type Publication } from "./traffic-site";
import { VISITORS, Visitors, type Tally } from "./visitors";

const ESTABLISHED = 2;
const ECHO_PAUSE_MILLISECONDS = 50;
const FORGOTTEN = /^waiting \d+ s until resolvers have forgotten www\.example\.test/;

describeUnless(bindMissing(), "whoever a name in a zone of BIND leads to a site", () => {
  isNeverLost(async () => inZoneOf(await startBind()));
});
describe("whoever a name of the load balancer's own DNS server leads to a site", () => {
  isNeverLost(embedded);
});

function isNeverLost(publish: () => Promise<Publication>): void {
  let site: TrafficSite;
  let visitors: Visitors;
  beforeAll(async () => {
    site = await TrafficSite.start(await publish());
    visitors = new Visitors(site.journey);
  });

  it("is served from the first moment on, when the name is new", async () => {
    await site.engine.up(site.program({ serving: ["one"], leadsTo: "one" }));
    await until("the name leads everybody", () => visitors.led === VISITORS);
    const { visits, failures, lost, misled, early } = tell("created");
    expect({ failures, lost, misled }).toEqual({ failures: [], lost: 0, misled: 0 });
    expect(Object.keys(visits)).toEqual([BALANCERS.one]);
    expect(early).toBeGreaterThan(0);
  });

  it("is served and keeps connections, when the name leads elsewhere and the old listener goes", async () => {
    const connections = await open("one");
    const { logs } = await site.engine.up(site.program({ serving: ["two"], leadsTo: "two" }));
    const { visits, failures, lost, misled, broken } = tell("pointed elsewhere", await finish(connections));
    expect({ failures, lost, misled, broken }).toEqual({ failures: [], lost: 0, misled: 0, broken: [] });
    expect(Object.keys(visits).sort()).toEqual([BALANCERS.one, BALANCERS.two]);
    expect(logs.some(({ message }) => FORGOTTEN.test(message))).toBe(true);
  });

  it("is served until the name is gone and forgotten, and keeps connections as long as they may drain", async () => {
    const connections = await open("two");
    const heard: string[] = [];
    const destroying = site.engine.destroy({ hear: (message) => heard.push(message) });
    const drains = `host two: ${ESTABLISHED} connections may go on for up to`;
    const isDraining = (): boolean => heard.some((message) => message.startsWith(drains));
    await Promise.race([destroying, until("the host drains", isDraining, 90)]);
    const finished = await finish(connections);
    await destroying;
    const { visits, failures, lost, misled, broken } = tell("destroyed", finished);
    // Nobody, before the name was gone from its server, and from each one's resolver by its TTL.
    expect({ failures, misled, broken }).toEqual({ failures: [], misled: 0, broken: [] });
    expect(Object.keys(visits)).toEqual([BALANCERS.two]);
    expect(lost).toBeGreaterThan(0);
  });

  function tell(what: string, finished: Finished = NONE): Tally & Finished {
    const tally = { ...visitors.take(), ...finished };
    console.log(`${what}: ${JSON.stringify(tally)}`);
    return tally;
  }

  function open(balancer: Balancer): Promise<EchoConnection[]> {
    const options = site.clientOptions(balancer);
    return Promise.all(Array.from({ length: ESTABLISHED }, () => openEcho(options, ECHO_PAUSE_MILLISECONDS)));
  }
}

interface Finished {
  /** That came back as they were sent. */
  readonly echoedBytes: number;
  readonly broken: readonly string[];
}

const NONE: Finished = { echoedBytes: 0, broken: [] };

async function finish(connections: readonly EchoConnection[]): Promise<Finished> {
  const results = await Promise.allSettled(connections.map((connection) => connection.finish()));
  return {
    echoedBytes: results.reduce((sum, it) => sum + (it.status === "fulfilled" ? it.value.bytes : 0), 0),
    broken: results.flatMap((it) => (it.status === "rejected" ? [String(it.reason)] : [])),
  };
}
