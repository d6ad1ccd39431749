import type { Socket } from "node:net";
import type { OffloadError } from "../contract/errors";
import type { ObservedAddress } from "../contract/observed";
import { bindProblem } from "./bind-problem";
import { Counters } from "./counters";
import {
  keyOf,
  openEndpoint,
  overlap,
  type Endpoint,
  type EndpointHandlers,
  type OpenEndpoint,
} from "./endpoint";
import type { DnsConfiguration } from "./interface";
import { respond, type Transport } from "./respond";
import { AnsweredZones, type AnsweredZonesOptions } from "./serving/answered-zones";

export interface DnsServerOptions extends Pick<AnsweredZonesOptions, "probe" | "turned"> {
  /** A query or a socket. */
  readonly failed: (error: unknown) => void;
}

export interface DnsObserved {
  readonly generation: number;
  readonly bound: Endpoint[];
  readonly zones: string[];
  readonly addresses: ObservedAddress[];
}

interface Opening {
  readonly opened: Map<string, OpenEndpoint>;
  readonly problems: OffloadError[];
}

/** The zones and sockets of the DNS process. Configurations are taken one after the other. */
export class DnsServer {
  #endpoints = new Map<string, OpenEndpoint>();
  #last: Promise<unknown> = Promise.resolve();
  readonly #connections = new Set<Socket>();
  readonly #counters = new Counters();
  readonly #zones: AnsweredZones;
  readonly #handlers: EndpointHandlers;

  constructor({ failed, ...options }: DnsServerOptions) {
    this.#zones = new AnsweredZones({ ...options, counters: this.#counters });
    this.#handlers = {
      respond: (query, transport) => this.#respondOrDrop(query, transport, failed),
      connections: this.#connections,
      refused: () => {
        this.#counters.add("tcp_refused");
      },
      dropped: () => {
        this.#counters.add("udp_dropped");
      },
      failed,
    };
  }

  /**
   * Binds what is new, lets it go again, and says what stood in the way. An endpoint that takes the place of an
   * overlapping one of ours (0.0.0.0 after 127.0.0.1) cannot be tried beforehand.
   */
  validate(configuration: DnsConfiguration): Promise<OffloadError[]> {
    return this.#inTurn(async () => {
      const ours = [...this.#endpoints.values()];
      const free = configuration.endpoints.filter(
        (endpoint) => !ours.some(({ bound }) => overlap(endpoint, bound)),
      );
      const { opened, problems } = await this.#openNew(free);
      await closeAll(opened.values());
      return problems;
    });
  }

  /** Sockets that stay are not touched. With `strict` a problem leaves everything as it was. */
  apply(configuration: DnsConfiguration, strict: boolean): Promise<OffloadError[]> {
    return this.#inTurn(async () => {
      const wanted = new Set(configuration.endpoints.map(keyOf));
      const gone = [...this.#endpoints].filter(([key]) => !wanted.has(key));
      const inTheWay = gone.filter(([, { bound }]) =>
        configuration.endpoints.some((it) => overlap(it, bound)),
      );
      await this.#closeOf(inTheWay);
      const { opened, problems } = await this.#openNew(configuration.endpoints);
      if (strict && problems.length > 0) {
        await closeAll(opened.values());
        const before = await this.#openNew(inTheWay.map(([, { bound }]) => bound));
        this.#endpoints = new Map([...this.#endpoints, ...before.opened]);
        return [...problems, ...before.problems];
      }
      this.#zones.take(configuration);
      this.#endpoints = new Map([...this.#endpoints, ...opened]);
      await this.#closeOf(gone);
      return problems;
    });
  }

  observe(): DnsObserved {
    return {
      generation: this.#zones.generation,
      bound: [...this.#endpoints.values()].map((endpoint) => endpoint.bound),
      zones: [...this.#zones.current.keys()],
      addresses: this.#zones.addresses(),
    };
  }

  counters(): Record<string, number> {
    return { ...this.#counters.all(), tcp_connections: this.#connections.size };
  }

  async close(): Promise<void> {
    this.#zones.stop();
    await closeAll(this.#endpoints.values());
    this.#endpoints.clear();
    for (const connection of this.#connections) {
      connection.destroy();
    }
  }

  async #openNew(endpoints: readonly Endpoint[]): Promise<Opening> {
    const opened = new Map<string, OpenEndpoint>();
    const problems: OffloadError[] = [];
    for (const endpoint of endpoints) {
      const key = keyOf(endpoint);
      if (this.#endpoints.has(key) || opened.has(key)) {
        continue;
      }
      try {
        opened.set(key, await openEndpoint(endpoint, this.#handlers));
      } catch (error) {
        problems.push(bindProblem(endpoint, error));
      }
    }
    return { opened, problems };
  }

  async #closeOf(entries: readonly (readonly [string, OpenEndpoint])[]): Promise<void> {
    for (const [key, endpoint] of entries) {
      if (this.#endpoints.delete(key)) {
        await endpoint.close();
      }
    }
  }

  /** Whatever a packet does to us, it costs its sender an answer and nobody else anything. */
  #respondOrDrop(query: Buffer, transport: Transport, failed: (error: unknown) => void): Buffer | null {
    try {
      return respond(query, this.#zones.current, transport, this.#counters);
    } catch (error) {
      this.#counters.add("failed");
      failed(error);
      return null;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function closeAll(endpoints: Iterable<OpenEndpoint>): Promise<void> {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
}
