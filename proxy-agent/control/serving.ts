import { STATE_FILES } from "../contract/api";
import type { Document } from "../contract/document";
import type { HealthState } from "../contract/observed";
import { DATA_PLANE_API, type DataPlaneConfiguration } from "../data-plane/interface";
import { DNS_API, type DnsConfiguration } from "../dns/interface";
import type { Logger } from "../process/log";
import { dataPlaneConfiguration, type DerivedDataPlane, type Secrets } from "./configuration/data-plane";
import { dnsConfiguration } from "./configuration/dns";
import { lacksKey, withoutLostKeys } from "./configuration/keyless";
import { Follower } from "./follower";
import { createPeer } from "./peer";
import type { ObjectProblem } from "./problem";
import { sameJson } from "./store/canonical";

/** What both processes shall serve of one document. */
export interface Served {
  readonly dataPlane: DataPlaneConfiguration;
  readonly dns: DnsConfiguration;
  readonly problems: readonly ObjectProblem[];
  readonly keyless: DerivedDataPlane["keyless"];
}

/** `isDrained`: nothing listens, and the own DNS server names the other hosts alone. Server groups stay for what is live. */
export function derive(document: Document, secrets: Secrets, isDrained = false): Served {
  const { configuration, problems, keyless } = dataPlaneConfiguration(document, secrets);
  const dataPlane = isDrained ? { ...configuration, listeners: [] } : configuration;
  return { dataPlane, dns: dnsConfiguration(document, isDrained), problems, keyless };
}

/** Whether a step from one to the other needs the process at all: a generation alone can be told later. */
export function changesDataPlane(before: Served, after: Served): boolean {
  return !sameJson({ ...before.dataPlane, generation: 0 }, { ...after.dataPlane, generation: 0 });
}

export function changesDns(before: Served, after: Served): boolean {
  const listening = [...before.dns.endpoints, ...after.dns.endpoints].length > 0;
  return listening && !sameJson(withoutSerials(before.dns), withoutSerials(after.dns));
}

/** What is probed can be told later, too: no listener waits for DNS. */
function withoutSerials(dns: DnsConfiguration): unknown {
  const zones = dns.zones.map((zone) => ({ ...zone, serial: 0 }));
  return withoutProbing({ ...dns, generation: 0, zones });
}

/** As a DNS process of a version takes it that does not know of probing, and is asked only what it knows. */
export function withoutProbing(dns: DnsConfiguration): DnsConfiguration {
  return { ...dns, probing: undefined };
}

interface DataPlaneTarget {
  readonly configuration: DataPlaneConfiguration;
  readonly retire: boolean;
}

interface DnsTarget {
  readonly configuration: DnsConfiguration;
  /** A process that answers for something goes on with it; one that has just been started takes this. */
  readonly onlyIfIdle: boolean;
}

/** The data plane and the DNS process, kept at what they shall serve. */
export class Serving {
  readonly dataPlane;
  readonly dns;
  readonly dataPlaneFollower: Follower<DataPlaneTarget>;
  readonly dnsFollower: Follower<DnsTarget>;
  #healthUnderway = false;
  #healthAgain = false;

  constructor(
    stateDir: string,
    log: Logger,
    readonly health: () => Record<string, HealthState>,
  ) {
    const dataPlane = createPeer(stateDir, STATE_FILES.dataPlaneSocket, DATA_PLANE_API, "DATA_PLANE_DOWN");
    const dns = createPeer(stateDir, STATE_FILES.dnsSocket, DNS_API, "DNS_DOWN");
    this.dataPlane = dataPlane;
    this.dns = dns;
    this.dataPlaneFollower = new Follower<DataPlaneTarget>({
      stateDir,
      role: "data-plane",
      log,
      push: async (target, strict) => {
        // First, so that no connection goes to a server that is known to be dead.
        await dataPlane.call("setHealth", { health: this.health() });
        const configuration = await this.servable(target.configuration);
        const { problems } = await dataPlane.call("apply", { ...target, configuration, strict });
        return this.withoutKnown(configuration, problems);
      },
    });
    this.dnsFollower = new Follower<DnsTarget>({
      stateDir,
      role: "dns",
      log,
      push: async ({ configuration, onlyIfIdle }, strict) => {
        const { zones, addresses } = await dns.call("observe", {});
        if (onlyIfIdle && zones.length > 0) return [];
        // Where a supervisor of one version adopted the processes of another, it probes nothing and gives all, as ever.
        const known = addresses === undefined ? withoutProbing(configuration) : configuration;
        return withObjectId((await dns.call("apply", { configuration: known, strict })).problems);
      },
    });
  }

  start(): void {
    this.dataPlaneFollower.start();
    this.dnsFollower.start();
  }

  stop(): void {
    this.dataPlaneFollower.stop();
    this.dnsFollower.stop();
  }

  /** `retire`: whether what is not in it ends. `onlyIdleDns`: a DNS process that answers for something is left alone. */
  async settle(served: Served, { retire = true, onlyIdleDns = false } = {}): Promise<void> {
    await Promise.all([
      this.dataPlaneFollower.settle({ configuration: served.dataPlane, retire }),
      this.dnsFollower.settle({ configuration: served.dns, onlyIfIdle: onlyIdleDns }),
    ]);
  }

  /** [] where the data plane is down. */
  async runningListenerIds(): Promise<readonly string[]> {
    const seen = await this.dataPlane.call("observe", {}).catch(() => undefined);
    return seen?.listeners.filter(({ bound }) => bound.length > 0).map(({ id }) => id) ?? [];
  }

  /** A lost key must not close a listener that has it in memory. */
  async servable(
    configuration: DataPlaneConfiguration,
    call: "call" | "callPatiently" = "call",
  ): Promise<DataPlaneConfiguration> {
    if (!configuration.listeners.some(lacksKey)) return configuration;
    const { listeners } = await this.dataPlane[call]("observe", {});
    return withoutLostKeys(configuration, listeners);
  }

  /** What is left: that a listener without its key could not be taken anew is known, and told of its certificate. */
  withoutKnown(
    { listeners }: DataPlaneConfiguration,
    problems: readonly ObjectProblem[],
  ): readonly ObjectProblem[] {
    const kept = new Set(listeners.filter(lacksKey).map(({ id }) => id));
    return problems.filter(({ objectId }) => !kept.has(objectId));
  }

  /** Many changes of health at once make one message. Lost when the data plane is down: it gets all at its return. */
  pushHealth(): void {
    if (this.#healthUnderway) {
      this.#healthAgain = true;
    } else {
      void this.#sendHealth();
    }
  }

  async #sendHealth(): Promise<void> {
    this.#healthUnderway = true;
    this.#healthAgain = false;
    await this.dataPlane.call("setHealth", { health: this.health() }).catch(() => undefined);
    this.#healthUnderway = false;
    this.#sendHealthAgain();
  }

  #sendHealthAgain(): void {
    if (this.#healthAgain) {
      this.pushHealth();
    }
  }
}

/** DNS problems are the load balancer's: it says where DNS listens. */
export function withObjectId(problems: readonly Omit<ObjectProblem, "objectId">[]): ObjectProblem[] {
  return problems.map((problem) => ({ objectId: "DNS", ...problem }));
}
