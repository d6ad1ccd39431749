import type { dynamic } from "@pulumi/pulumi";

/**
 * The permanent entry. The state of every stack points here by name, and refresh, update and destroy of a stack
 * made by any older version come in through it: the six names and what they answer are kept for ever. See
 * docs/architecture.md, "A constant pointer in state".
 */
export const loadBalancer = lazily(
  async () => (await import("../load-balancer/provider.js")).loadBalancerProvider,
);
export const certificate = lazily(
  async () => (await import("../certificate/provider.js")).certificateProvider,
);
export const serverGroup = lazily(
  async () => (await import("../server-group/provider.js")).serverGroupProvider,
);
export const tcpSslListener = lazily(
  async () => (await import("../tcp-ssl-listener/provider.js")).tcpSslListenerProvider,
);
export const domain = lazily(async () => (await import("../domain/provider.js")).domainProvider);
export const cnameRecord = lazily(
  async () => (await import("../cname-record/provider.js")).cnameRecordProvider,
);

/** Loads a resource's code at its first use, so that loading this entry costs next to nothing. */
function lazily(load: () => Promise<dynamic.ResourceProvider>): dynamic.ResourceProvider {
  return {
    // The SDK's server does not wait for it before it calls other methods, so there is nothing in it.
    configure: () => Promise.resolve(),
    check: async (olds, news) => required((await load()).check)(olds, news),
    diff: async (id, olds, news) => required((await load()).diff)(id, olds, news),
    create: async (inputs) => (await load()).create(inputs),
    read: async (id, properties) => required((await load()).read)(id, properties),
    update: async (id, olds, news) => required((await load()).update)(id, olds, news),
    delete: async (id, properties) => required((await load()).delete)(id, properties),
  };
}

/** The SDK's type leaves out what all of ours have. */
function required<Method>(method: Method | undefined): Method {
  if (method === undefined) throw new Error("a provider lacks a method");
  return method;
}
