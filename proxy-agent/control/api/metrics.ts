import type { ObservedAnswer } from "../../contract/observed";
import type { Serving } from "../serving";

/** One metric in the Prometheus text format, version 0.0.4. */
interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter" | "untyped";
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export async function metricsText(
  observed: ObservedAnswer,
  generation: number,
  serving: Serving,
): Promise<string> {
  const [dataPlane, dns] = await Promise.all([
    serving.dataPlane.call("counters", {}).catch(() => ({})),
    serving.dns.call("counters", {}).catch(() => ({})),
  ]);
  return [...gauges(observed, generation), ...counters("data_plane", dataPlane), ...counters("dns", dns)]
    .map(metricText)
    .join("");
}

function gauges(observed: ObservedAnswer, generation: number): Metric[] {
  const plain = (value: number): Metric["samples"] => [{ labels: {}, value }];
  return [
    gauge("generation", "Generation of the confirmed document", plain(generation)),
    gauge(
      "data_plane_up",
      "1: the data plane answers",
      plain(observed.dataPlane.state === "running" ? 1 : 0),
    ),
    gauge("dns_up", "1: the DNS process answers", plain(observed.dns.state === "down" ? 0 : 1)),
    gauge(
      "dns_address_serving",
      "1: TLS answers at this address of the load balancer's name",
      (observed.dns.addresses ?? []).map(({ address, serves }) => ({
        labels: { address },
        value: serves ? 1 : 0,
      })),
    ),
    gauge("problems", "Objects that are declared and cannot be served", plain(observed.problems.length)),
    gauge(
      "listener_connections",
      "Live client connections",
      observed.dataPlane.listeners.map(({ listenerId, connections }) => ({
        labels: { listener: listenerId },
        value: connections,
      })),
    ),
    gauge(
      "server_healthy",
      "1: healthy or not checked",
      observed.servers.map((server) => ({
        labels: serverLabels(server),
        value: server.health === "healthy" || server.health === "unchecked" ? 1 : 0,
      })),
    ),
    gauge(
      "server_connections",
      "Live connections to a server",
      observed.servers.map((server) => ({ labels: serverLabels(server), value: server.connections })),
    ),
  ];
}

function serverLabels(server: ObservedAnswer["servers"][number]): Record<string, string> {
  const { serverGroupId, serverId, ip, port } = server;
  return { group: serverGroupId, server: serverId, address: ip, port: String(port) };
}

function gauge(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name: `tls_offload_${name}`, type: "gauge", help, samples };
}

/** A process's own counters keep their names; what a metric's name cannot hold becomes `_`. */
function counters(process: string, values: Readonly<Record<string, number>>): Metric[] {
  return Object.entries(values).map(([name, value]) => ({
    name: `tls_offload_${process}_${name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]/g, "_")}`,
    type: "untyped",
    help: `${name} of the ${process.replace("_", " ")} process`,
    samples: [{ labels: {}, value }],
  }));
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
