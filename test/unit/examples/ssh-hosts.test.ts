import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { createAuthority } from "../../../scripts/demo/certificate-authority";
import { temporaryDirectory } from "../../support/workspace";
import { runProgram, type Ran, type Registered } from "../provider/program/run-program";

const PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1p";
const machine = (address: string): object => ({ address, hostKey: HOST_KEY });

let ran: Ran;
beforeAll(async () => {
  const issued = await (await createAuthority()).issue({ names: ["www.example.test"] });
  const directory = temporaryDirectory("example");
  const [certificateFile, keyFile] = [join(directory, "www.pem"), join(directory, "www.key")];
  writeFileSync(certificateFile, issued.chainPem);
  writeFileSync(keyFile, issued.keyPem);
  const settings = {
    backends: JSON.stringify({ ECS01: machine("10.0.0.11"), ECS02: machine("10.0.0.12") }),
    edges: JSON.stringify({ "edge-a": machine("192.0.2.10"), "edge-b": machine("192.0.2.11") }),
    privateKey: PRIVATE_KEY,
    certificateFile,
    keyFile,
  };
  const named = Object.entries(settings).map(([name, value]) => [`shop:${name}`, value] as const);
  pulumi.runtime.setAllConfig(Object.fromEntries(named), ["shop:privateKey"]);
  ran = await runProgram(() => import("../../../examples/ssh-hosts/index.js"));
});

it("the example with hosts over SSH is a program without a mistake", () => {
  expect([...ran.errors, ...ran.warnings]).toEqual([]);
  expect(ran.registered.map(({ type }) => type.split(/[/:]/).at(-1)).sort()).toEqual(
    ["Certificate", "CnameRecord", "Domain", "LoadBalancer", "ServerGroup", "TcpSslListener"]
      .concat(Array<string>(6).fill("CopyToRemote"), Array<string>(2).fill("Command"))
      .sort(),
  );
});

it("it gives one connection object to @pulumi/command and to the load balancer", () => {
  const hosts = openedSecret(found("web").inputs["hosts"]) as Record<string, { connection: object }>;
  const edge = { host: "192.0.2.10", user: "root", hostKey: HOST_KEY, privateKey: PRIVATE_KEY };
  expect(hosts["edge-a"]).toEqual({ addresses: ["192.0.2.10"], connection: edge });
  expect(openedSecret(found("ECS02-start").inputs["connection"])).toMatchObject({
    ...edge,
    host: "10.0.0.12",
  });
});

it("it keeps the private key a secret wherever it goes", () => {
  for (const { name, inputs } of ran.registered) {
    const open = Object.entries(inputs).filter(([, value]) => openedSecret(value) === undefined);
    expect(JSON.stringify(open), name).not.toContain("c2VjcmV0");
  }
});

function found(name: string): Registered {
  const resource = ran.registered.find((registered) => registered.name === name);
  if (resource === undefined) throw new Error(`the program has no ${name}`);
  return resource;
}

/** The mocked engine marks a whole input where a leaf of it is secret. undefined: it is not. */
function openedSecret(value: unknown): unknown {
  const marked = typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
  return marked ? (value as { value?: unknown }).value : undefined;
}
