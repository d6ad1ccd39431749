import { callApi } from "tls-offload-agent/client";
import { API, STATE_FILES, type Document, type StoredObject } from "tls-offload-agent/contract";
import { dataPlaneConfiguration } from "../../../proxy-agent/control/configuration/data-plane";
import { DATA_PLANE_API, type DataPlaneConfiguration } from "../../../proxy-agent/data-plane/interface";
import type { FleetSite } from "./fleet-site";

/** What somebody does on one host of a site behind Pulumi's back. */
export class ByHand {
  constructor(
    readonly site: FleetSite,
    readonly host: string,
  ) {}

  async object(kind: StoredObject["kind"]): Promise<StoredObject> {
    const found = Object.values((await this.document()).objects).find((object) => object.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} on ${this.host}`);
    return found;
  }

  /** Through the agent's API. */
  async edit(
    kind: StoredObject["kind"],
    edit: (object: StoredObject) => StoredObject,
    keyPem: string | null = null,
  ): Promise<void> {
    const object: Partial<StoredObject> = { ...edit(await this.object(kind)) };
    // What a put declares is the object without it, and requests are strict.
    Reflect.deleteProperty(object, "revision");
    await this.#change([{ object, adopt: true, previousOwner: null, keyPem }], []);
  }

  async remove(kind: StoredObject["kind"]): Promise<void> {
    const { id, incarnation } = await this.object(kind);
    await this.#change([], [{ id, incarnation }]);
  }

  async removeAll(): Promise<void> {
    const objects = Object.values((await this.document()).objects);
    await this.#change(
      [],
      objects.map(({ id, incarnation }) => ({ id, incarnation })),
    );
  }

  /** Past control: what the data plane has in memory. */
  async serve(
    edit: (configuration: DataPlaneConfiguration) => DataPlaneConfiguration,
    keyPem: string,
  ): Promise<void> {
    const secrets = { keyPem: () => keyPem, ticketKeyBase64: () => Buffer.alloc(48, 7).toString("base64") };
    const { configuration } = dataPlaneConfiguration(await this.document(), secrets);
    const request = { configuration: edit(configuration), retire: true, strict: true };
    const at = { stateDir: this.site.stateDir(this.host), socket: STATE_FILES.dataPlaneSocket };
    const { problems } = await callApi({ ...at, table: DATA_PLANE_API, name: "apply", request });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  }

  async document(): Promise<Document> {
    return (await callApi({ ...this.#api(), name: "document", request: {} })).confirmed;
  }

  async #change(puts: readonly unknown[], deletes: readonly unknown[]): Promise<void> {
    const request = {
      holder: "somebody by hand",
      expectedGeneration: null,
      dryRun: false,
      confirmWithinSeconds: null,
      waitSeconds: 5,
      puts,
      deletes,
    };
    await callApi({ ...this.#api(), name: "change", request: request as never });
  }

  #api(): { stateDir: string; socket: string; table: typeof API } {
    return { stateDir: this.site.stateDir(this.host), socket: STATE_FILES.controlSocket, table: API };
  }
}
