import type { ObservedAddress } from "../../contract/observed";
import type { Counters } from "../counters";
import type { Endpoint } from "../endpoint";
import type { DnsConfiguration } from "../interface";
import { indexZones, type Zones } from "../zone";
import { givenAddresses, givenZones, probedAddresses } from "./given";
import type { ProbeResult } from "./probe";
import { ServingWatch } from "./watch";

export interface AnsweredZonesOptions {
  readonly probe: (endpoint: Endpoint) => Promise<ProbeResult>;
  readonly counters: Counters;
  /** A probed address ceased to serve, or serves again. */
  readonly turned: (address: ObservedAddress) => void;
}

const NOTHING: DnsConfiguration = { generation: 0, endpoints: [], zones: [] };

/** A configuration's zones without the addresses that do not serve, kept so by probes. */
export class AnsweredZones {
  readonly #watch: ServingWatch;
  #configuration = NOTHING;
  #current: Zones = new Map();

  constructor({ probe, counters, turned }: AnsweredZonesOptions) {
    const onTurn = (address: string): void => {
      this.#index();
      for (const seen of this.addresses()) {
        if (seen.address === address) turned(seen);
      }
    };
    this.#watch = new ServingWatch({ probe, counters, onTurn });
  }

  /** For answering: indexed at each configuration and each turn, not at each query. */
  get current(): Zones {
    return this.#current;
  }

  get generation(): number {
    return this.#configuration.generation;
  }

  take(configuration: DnsConfiguration): void {
    this.#configuration = configuration;
    this.#watch.watch(probedAddresses(configuration), configuration.probing?.ports ?? []);
    this.#index();
  }

  /** Those that are probed. */
  addresses(): ObservedAddress[] {
    const given = this.#given();
    return this.#watch.all().map((seen) => ({ ...seen, given: given.has(seen.address) }));
  }

  stop(): void {
    this.#watch.stop();
  }

  #index(): void {
    this.#current = indexZones(givenZones(this.#configuration, this.#given()));
  }

  #given(): ReadonlySet<string> {
    return givenAddresses(probedAddresses(this.#configuration), (address) => this.#watch.serves(address));
  }
}
