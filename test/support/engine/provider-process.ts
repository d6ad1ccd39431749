import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { trackProcess } from "../workspace";
import type { LogLine } from "./engine-server";
import { plainProperties, type Properties } from "./values";

const SERVER = createRequire(__filename).resolve("@pulumi/pulumi/cmd/dynamic-provider");
const STATUS_DETAILS = "grpc-status-details-bin";
const START_SECONDS = 30;

export interface ProviderOptions {
  readonly project: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Where `require` of the provider's text starts; Pulumi uses the program's directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** "Created or updated, but not in order": the resource is saved, the step fails. */
export class InitFailure extends Error {
  constructor(
    readonly id: string,
    readonly properties: Properties,
    readonly reasons: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

export interface Diff {
  readonly changes: "none" | "some" | "unknown";
  readonly replaces: readonly string[];
}

/** The SDK's own dynamic-provider server in a process of its own. Sends plaintext, gets plaintext back. */
export class ProviderProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
  ) {}

  static async start(
    engineAddress: string,
    options: ProviderOptions,
    onLog: (line: LogLine) => void,
  ): Promise<ProviderProcess> {
    const child = spawn(process.execPath, [SERVER, engineAddress], {
      cwd: options.cwd,
      env: { ...process.env, PULUMI_NODEJS_PROJECT: options.project, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    trackProcess(child);
    createInterface({ input: child.stderr }).on("line", (message) => {
      onLog({ severity: "info", message, urn: "", source: "stderr" });
    });
    const port = await firstLine(child, (message) => {
      onLog({ severity: "info", message, urn: "", source: "stdout" });
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": 400 * 1024 * 1024,
    });
    const request = new proto.ConfigureRequest();
    request.setArgs(structOf(options.configuration));
    request.setAcceptsecrets(true);
    await call<proto.ConfigureResponse>((done) => client.configure(request, done));
    return new ProviderProcess(child, client);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async check(
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: proto.CheckFailure.AsObject[] }> {
    const request = new proto.CheckRequest();
    request.setUrn(urn);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const response = await call<proto.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: propertiesOf(response.getInputs()),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }

  async diff(
    urn: string,
    id: string,
    olds: Properties,
    oldInputs: Properties,
    news: Properties,
  ): Promise<Diff> {
    const request = new proto.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(structOf(olds));
    request.setOldInputs(structOf(oldInputs));
    request.setNews(structOf(news));
    const response = await call<proto.DiffResponse>((done) => this.client.diff(request, done));
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    const changes = response.getChanges();
    return {
      changes: changes === DIFF_NONE ? "none" : changes === DIFF_SOME ? "some" : "unknown",
      replaces: response.getReplacesList(),
    };
  }

  async create(urn: string, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new proto.CreateRequest();
    request.setUrn(urn);
    request.setProperties(structOf(inputs));
    const response = await call<proto.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outputs: propertiesOf(response.getProperties()) };
  }

  async update(urn: string, id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new proto.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOlds(structOf(olds));
    request.setNews(structOf(news));
    const response = await call<proto.UpdateResponse>((done) => this.client.update(request, done));
    return propertiesOf(response.getProperties());
  }

  /** `inputs` is null when the provider did not answer any. */
  async read(
    urn: string,
    id: string,
    properties: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties | null }> {
    const request = new proto.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(structOf(properties));
    const response = await call<proto.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: response.getId(),
      outputs: propertiesOf(response.getProperties()),
      inputs: response.hasInputs() ? propertiesOf(response.getInputs()) : null,
    };
  }

  async delete(urn: string, id: string, properties: Properties): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setProperties(structOf(properties));
    await call((done) => this.client.delete(request, done));
  }

  /** At once, as a crash or `kill -9` does it. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await gone;
  }
}

function firstLine(child: ChildProcess, onFurther: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`the provider process printed no port within ${START_SECONDS} s`));
    }, START_SECONDS * 1_000);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the provider process ended with code ${String(code)} before it served`));
    });
    if (child.stdout === null) throw new Error("the provider process has no standard output");
    let first = true;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (first) {
        first = false;
        clearTimeout(timer);
        resolve(line.trim());
      } else {
        onFurther(line);
      }
    });
  });
}

function structOf(properties: Properties | Readonly<Record<string, string>>): Struct {
  return Struct.fromJavaScript(plainProperties(properties));
}

function propertiesOf(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

function call<Response>(start: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error === null) resolve(response);
      else reject(initFailureOf(error) ?? new Error(error.details));
    });
  });
}

function initFailureOf(error: grpc.ServiceError): InitFailure | null {
  const details = error.metadata.get(STATUS_DETAILS)[0];
  if (!(details instanceof Buffer)) return null;
  const [any] = Status.deserializeBinary(details).getDetailsList();
  if (any === undefined) return null;
  const failed = proto.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  return new InitFailure(
    failed.getId(),
    propertiesOf(failed.getProperties()),
    failed.getReasonsList(),
    error.details,
  );
}
