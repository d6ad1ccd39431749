import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Document, Put } from "../../../proxy-agent/contract";
import { spkiSha256Of } from "../../../proxy-agent/control/store/keys";
import { createAuthority, type IssuedCertificate } from "../../../scripts/demo/certificate-authority";
import { TestAgent } from "../../support/agent";
import { Backend, echo } from "../../support/backends";
import { freePort } from "../../support/free-port";
import { connectTls, readBytes } from "../../support/tls-client";
import { certificate, change, group, listener, loadBalancer } from "./objects";

export const IDS = { loadBalancer: loadBalancer().object.id, group: group([]).object.id };

/** An agent that serves one listener, and whose files a test edits by hand. */
export class EditedAgent {
  private constructor(
    readonly agent: TestAgent,
    readonly port: number,
    readonly issued: IssuedCertificate,
    readonly other: IssuedCertificate,
    private readonly backend: Backend,
  ) {}

  static async start(): Promise<EditedAgent> {
    const authority = await createAuthority();
    const issued = await authority.issue({ names: ["www.example.test"] });
    const other = await authority.issue({ names: ["www.example.test"] });
    const backend = await Backend.start(echo);
    const agent = await TestAgent.start();
    const port = await freePort();
    const edited = new EditedAgent(agent, port, issued, other, backend);
    await edited.declareAll();
    expect(await edited.problems()).toEqual([]);
    return edited;
  }

  readonly certificateId = (): string => certificate(this.issued).object.id;
  readonly group = (more: Parameters<typeof group>[1] = {}): Put => group([this.backend.port], more);
  readonly listenerId = (): string => listener(this.port).object.id;
  readonly path = (name: string): string => join(this.agent.stateDir, name);
  readonly keyFile = (): string => this.path(`keys/${spkiSha256Of(this.issued.keyPem)}.key`);

  async declareAll(incarnation = "first"): Promise<void> {
    const puts = [loadBalancer(), certificate(this.issued), this.group(), listener(this.port)];
    await this.agent.call(
      "change",
      change(puts.map((put) => ({ ...put, object: { ...put.object, incarnation } }))),
    );
  }

  /** "<code> <object id>" */
  async problems(): Promise<readonly string[]> {
    const { problems } = await this.agent.call("observed", {});
    return problems.map(({ code, objectId }) => `${code} ${objectId}`);
  }

  async messages(): Promise<string> {
    const { problems } = await this.agent.call("observed", {});
    return problems.map(({ message }) => message).join("\n");
  }

  async expectServed(): Promise<void> {
    const client = await connectTls(this.port, { servername: "www.example.test" });
    client.write("ping");
    expect((await readBytes(client, 4)).toString()).toBe("ping");
    client.destroy();
  }

  editDocument(edit: (document: { -readonly [Name in keyof Document]: Document[Name] }) => void): void {
    const document = JSON.parse(readFileSync(this.path("document.json"), "utf8")) as Document;
    edit(document);
    writeFileSync(this.path("document.json"), JSON.stringify(document));
  }

  /** Control alone; the data plane goes on. */
  async restartControl(): Promise<void> {
    await this.agent.kill("control");
    await this.agent.ready();
  }
}
