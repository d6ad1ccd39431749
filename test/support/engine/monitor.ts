import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Deployment, Goal, Registered } from "./deployment";
import type { Properties } from "./values";

const STACK_TYPE = "pulumi:pulumi:Stack";
const STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference";

type Callback<Response> = (error: { code: number; message: string } | null, response?: Response) => void;

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  /** Outputs of other stacks, by the name that a StackReference asks for. */
  readonly otherStacks: Readonly<Record<string, Properties>>;
}

/** The engine's ResourceMonitor service as an object: the SDK calls it in this very process. */
export class Monitor {
  stackOutputs: Properties = {};

  constructor(
    private readonly deployment: Deployment,
    private readonly options: MonitorOptions,
  ) {}

  supportsFeature(
    request: proto.SupportsFeatureRequest,
    callback: Callback<proto.SupportsFeatureResponse>,
  ): void {
    const response = new proto.SupportsFeatureResponse();
    response.setHassupport(request.getId() === "secrets");
    callback(null, response);
  }

  registerResource(
    request: proto.RegisterResourceRequest,
    callback: Callback<proto.RegisterResourceResponse>,
  ): void {
    const goal: Goal = {
      ...this.#identity(request),
      custom: request.getCustom(),
      inputs: propertiesOf(request.getObject()),
      dependencies: request.getDependenciesList(),
      aliasUrns: request.getAliasurnsList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    };
    const answer = ({ urn, id, outputs }: Registered): proto.RegisterResourceResponse => {
      const response = new proto.RegisterResourceResponse();
      response.setUrn(urn);
      response.setId(id);
      response.setObject(Struct.fromJavaScript(outputs));
      return response;
    };
    reply(this.deployment.register(goal).then(answer), callback);
  }

  readResource(request: proto.ReadResourceRequest, callback: Callback<proto.ReadResourceResponse>): void {
    const inputs = propertiesOf(request.getProperties());
    const goal: Goal = {
      ...this.#identity(request),
      custom: true,
      inputs,
      dependencies: request.getDependenciesList(),
      aliasUrns: [],
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    };
    const answer = ({ urn, outputs }: { urn: string; outputs: Properties }): proto.ReadResourceResponse => {
      const response = new proto.ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(Struct.fromJavaScript(outputs));
      return response;
    };
    const read =
      goal.type === STACK_REFERENCE_TYPE
        ? Promise.resolve({ urn: goal.urn, outputs: this.#otherStack(request.getId(), inputs) })
        : this.deployment.read(goal, request.getId());
    reply(read.then(answer), callback);
  }

  registerResourceOutputs(request: proto.RegisterResourceOutputsRequest, callback: Callback<Empty>): void {
    if (request.getUrn() === this.#urn("", STACK_TYPE, `${this.options.project}-${this.options.stack}`)) {
      this.stackOutputs = propertiesOf(request.getOutputs());
    }
    callback(null, new Empty());
  }

  invoke(_request: unknown, callback: Callback<never>): void {
    callback({ code: grpc.status.UNIMPLEMENTED, message: "not part of the mini engine" });
  }

  #identity(
    request: proto.RegisterResourceRequest | proto.ReadResourceRequest,
  ): Pick<Goal, "urn" | "type" | "name" | "parent"> {
    const [parent, type, name] = [request.getParent(), request.getType(), request.getName()];
    return { urn: this.#urn(parent, type, name), type, name, parent };
  }

  #urn(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const qualified = parentType === undefined || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${qualified}::${name}`;
  }

  #otherStack(id: string, inputs: Properties): Properties {
    return { ...inputs, outputs: this.options.otherStacks[id] ?? {}, secretOutputNames: [] };
  }
}

/** CANCELLED is what a program sees when the engine goes away after a failure: it stops without a word. */
function reply<Response>(answer: Promise<Response>, callback: Callback<Response>): void {
  answer.then(
    (response) => {
      callback(null, response);
    },
    (error: unknown) => {
      callback({ code: grpc.status.CANCELLED, message: String(error) });
    },
  );
}

function propertiesOf(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}
