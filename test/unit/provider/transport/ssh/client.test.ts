import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LIMITS, OffloadError } from "tls-offload-agent/contract";
import type { AgentClient } from "../../../../../provider/transport/agent-client";
import { dialCommand, sshClient } from "../../../../../provider/transport/ssh/client";
import type { SshSession } from "../../../../../provider/transport/ssh/session";
import { until } from "../../../../support/until";
import { SURVEY } from "./install/survey";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const DOCUMENT = { confirmed: { contract: 1, generation: 7, objects: {} }, pending: null };

describe("the agent behind an SSH channel", () => {
  let server: Server;
  let answer: Answer;
  let seen: string[];
  const sockets: Socket[] = [];
  beforeEach(async () => {
    seen = [];
    answer = json(DOCUMENT);
    server = createServer((request, response) => {
      seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  it("is asked many things on few channels, which are opened once", async () => {
    const client = clientOn(session());
    await Promise.all(Array.from({ length: 20 }, () => client.call("document", {})));
    await client.call("document", {});
    expect(seen).toHaveLength(21);
    expect(sockets.length).toBeLessThanOrEqual(LIMITS.agentChannels);
  });

  it("shares its channels with every later operation on the session", async () => {
    const one = session();
    for (let turn = 0; turn < 3; turn += 1) await clientOn(one).call("document", {});
    expect(sockets).toHaveLength(1);
  });

  it("is asked again when the connection was lost between two questions", async () => {
    const client = clientOn(session());
    await client.call("document", {});
    answer = once((request) => request.socket.destroy(), json(DOCUMENT));
    await expect(client.call("document", {})).resolves.toMatchObject({ confirmed: { generation: 7 } });
    expect(seen).toHaveLength(3);
  });

  it("gets no change twice, though the answer to the first was lost", async () => {
    answer = once((request) => request.socket.destroy(), json({ generation: 8 }));
    await expect(clientOn(session()).call("confirm", {}, { id: "c-1" })).rejects.toThrow(
      /^host edge-a: the agent does not answer: .*\(AGENT_UNREACHABLE\)$/,
    );
    expect(seen).toEqual(["POST /v1/changes/confirm/c-1"]);
  });

  it("lets go of a channel that nobody needs, so that a host has no process of an idle provider", async () => {
    answer = (request, response) => {
      response.setHeader("keep-alive", "timeout=1");
      json(DOCUMENT)(request, response);
    };
    await clientOn(session()).call("document", {});
    await until("the channel is closed", () => sockets.every(({ destroyed }) => destroyed));
  });

  it("says what kept the channel from being opened", async () => {
    const lost = new OffloadError("SSH_CONNECTION_LOST", "host edge-a", { command: "dial", detail: "cut" });
    const failed = { command: "dial", status: 1, stderr: "connect ECONNREFUSED" };
    const refused = new OffloadError("SSH_COMMAND_FAILED", "host edge-a", failed);
    const answers = [lost, refused].map(async (error) =>
      clientOn({ ...session(), stream: () => Promise.reject(error) }).call("document", {}),
    );
    await expect(answers[0]).rejects.toThrow("host edge-a: the SSH connection was lost");
    await expect(answers[1]).rejects.toThrow("the agent does not answer: connect ECONNREFUSED. Look");
  });

  it("is given up in time when it does not answer", async () => {
    answer = () => undefined;
    await expect(clientOn(session()).call("document", {}, { timeoutSeconds: 0.2 })).rejects.toThrow(
      "no answer within 0.2 s",
    );
    expect(seen).toHaveLength(1);
  });

  it("is given up when its answer has no end, instead of filling the memory", async () => {
    answer = (_, response) => {
      const more = (): void => {
        while (response.write("x".repeat(1_000_000)));
      };
      response.on("drain", more);
      more();
    };
    await expect(clientOn(session()).call("document", {})).rejects.toThrow(
      `it answers with more than ${LIMITS.apiAnswerBytes} bytes`,
    );
  });

  it("makes connections from the host, so that what the deployer cannot reach can be verified", async () => {
    const there = connect((server.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(there);
    const asked: unknown[] = [];
    const forward = (...place: unknown[]): Promise<Duplex> => {
      asked.push(place);
      return Promise.resolve(there);
    };
    const client = clientOn({ ...session(), forward });
    expect(await client.connect?.("192.0.2.1", 443)).toBe(there);
    expect(asked).toEqual([["192.0.2.1", 443]]);
  });

  function session(): SshSession {
    const unused = (): Promise<never> => Promise.reject(new Error("not used"));
    const stream = (): Promise<Duplex> => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      sockets.push(socket);
      return Promise.resolve(socket);
    };
    return { host: "edge-a", exec: unused, forward: unused, stream };
  }
});

describe("how the agent is dialled", () => {
  const dial = "/usr/local/bin/proxy-agent dial-stdio";

  it("is with the least that the login needs", () => {
    expect(dialCommand(SURVEY)).toBe(dial);
    expect(dialCommand(null)).toBe(dial);
    const deploy = { ...SURVEY, isRoot: false, maySudo: true };
    expect(dialCommand(deploy)).toBe(`sudo -n ${dial}`);
    expect(dialCommand({ ...deploy, mayDial: true })).toBe(dial);
    expect(dialCommand({ ...deploy, maySudo: false })).toBe(dial);
  });
});

function clientOn(session: SshSession): AgentClient {
  return sshClient("edge-a", () => Promise.resolve(session), "dial");
}

function json(body: unknown): Answer {
  return (_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  };
}

function once(first: Answer, then: Answer): Answer {
  let turn = 0;
  return (request, response) => {
    turn += 1;
    (turn === 1 ? first : then)(request, response);
  };
}
