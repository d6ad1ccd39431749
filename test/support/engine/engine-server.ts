import * as grpc from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

export interface LogLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** Empty: shown under the stack. */
  readonly urn: string;
  readonly source: "engine" | "stdout" | "stderr";
}

const SEVERITIES: Readonly<Record<number, LogLine["severity"]>> = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
};

/** The engine's own gRPC service, by which program and provider speak to the person. */
export class EngineServer {
  private constructor(
    private readonly server: grpc.Server,
    readonly address: string,
  ) {}

  static async start(onLog: (line: LogLine) => void): Promise<EngineServer> {
    const server = new grpc.Server();
    const refuse = (_call: unknown, callback: grpc.sendUnaryData<never>): void => {
      callback({ code: grpc.status.UNIMPLEMENTED, details: "not part of the mini engine" });
    };
    const service: IEngineServer = {
      log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, callback) => {
        onLog({
          severity: SEVERITIES[call.request.getSeverity()] ?? "info",
          message: call.request.getMessage(),
          urn: call.request.getUrn(),
          source: "engine",
        });
        callback(null, new Empty());
      },
      getRootResource: refuse,
      setRootResource: refuse,
      startDebugging: refuse,
      requirePulumiVersion: refuse,
    };
    server.addService(EngineService, service);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return new EngineServer(server, `127.0.0.1:${port}`);
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
