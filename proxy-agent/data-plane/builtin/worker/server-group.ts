import type { HealthState } from "../../../contract/observed";
import { healthKey, type DataPlaneGroup } from "../../interface";
import type { WorkerGroupObserved } from "../messages";
import { Rotation } from "./rotation";

export interface Server {
  /** The healthKey. */
  readonly key: string;
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly weight: number;
}

export type HealthByServer = Readonly<Record<string, HealthState>>;

/** Chooses the server for each new connection. */
export class ServerGroup {
  private readonly rotation = new Rotation();
  private servers: readonly Server[] = [];
  private configured: DataPlaneGroup["servers"] = [];
  private candidates: readonly Server[] = [];
  private drainTimeout: number | null = null;

  constructor(
    readonly id: string,
    /** Workers begin at different servers, so that the first few connections do not all go to the first one. */
    private readonly offset: number,
  ) {}

  get drainTimeoutSeconds(): number | null {
    return this.drainTimeout;
  }

  has(serverKey: string): boolean {
    return this.servers.some((server) => server.key === serverKey);
  }

  observe(): WorkerGroupObserved {
    const servers = this.configured.map(({ id: serverId, ...server }) => ({ serverId, ...server }));
    return { serverGroupId: this.id, servers };
  }

  configure(group: DataPlaneGroup, health: HealthByServer): void {
    const isFirst = this.servers.length === 0;
    this.drainTimeout = group.drainTimeoutSeconds;
    this.configured = group.servers;
    this.servers = group.servers.map(({ id, ip, port, weight }) => ({
      key: healthKey(group, { id, ip, port }),
      id,
      ip,
      port,
      weight: group.scheduler === "Rr" ? Math.min(weight, 1) : weight,
    }));
    this.rotation.keep(new Set(this.servers.map((server) => server.key)));
    this.setHealth(health);
    for (let turn = 0; isFirst && turn < this.offset; turn++) {
      this.rotation.next(this.candidates);
    }
  }

  setHealth(health: HealthByServer): void {
    this.candidates = candidatesOf(this.servers, health);
  }

  /** undefined: nobody is left who may get a connection. `tried` is left out. */
  choose(tried: readonly Server[]): Server | undefined {
    if (tried.length === 0) {
      return this.rotation.next(this.candidates);
    }
    return this.rotation.next(this.candidates.filter(({ key }) => tried.every((each) => each.key !== key)));
  }
}

/** Unknown servers only where no healthy one is known; unhealthy ones and those of weight 0 never. */
export function candidatesOf(servers: readonly Server[], health: HealthByServer): readonly Server[] {
  const stateOf = (server: Server): HealthState => health[server.key] ?? "unknown";
  const open = servers.filter((server) => server.weight > 0);
  const known = open.filter((server) => stateOf(server) === "healthy" || stateOf(server) === "unchecked");
  return known.length > 0 ? known : open.filter((server) => stateOf(server) === "unknown");
}
