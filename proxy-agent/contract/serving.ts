import type { DocumentAnswer } from "./document";
import type { ObservedAnswer } from "./observed";

/** Whether all processes of an agent are up, and serve each declared listener or say why they cannot. A drained host need not. */
export function servesAll(
  { confirmed }: Pick<DocumentAnswer, "confirmed">,
  observed: ObservedAnswer,
): boolean {
  const { dataPlane, dns, problems, drained } = observed;
  if (dataPlane.state === "down" || dns.state === "down") return false;
  if (dns.state === "running" && dns.bound.length === 0 && problems.length === 0) return false;
  if (drained === true) return true;
  const settled = new Set([
    ...dataPlane.listeners.filter(({ bound }) => bound.length > 0).map(({ listenerId }) => listenerId),
    ...problems.map(({ objectId }) => objectId),
  ]);
  return Object.values(confirmed.objects).every(
    (object) => object.kind !== "listener" || object.spec.status === "Stopped" || settled.has(object.id),
  );
}
