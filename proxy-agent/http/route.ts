import type { Call } from "../contract/api";

export type ApiTable = Readonly<Record<string, Call>>;

export interface Route {
  readonly name: string;
  /** What stands in place of ":id"; empty when the path has none. */
  readonly id: string;
}

const ID = "/:id";

export function matchRoute(table: ApiTable, method: string, path: string): Route | undefined {
  for (const [name, call] of Object.entries(table)) {
    if (call.method !== method) {
      continue;
    }
    if (call.path === path) {
      return { name, id: "" };
    }
    const prefix = call.path.endsWith(ID) ? call.path.slice(0, -ID.length + 1) : undefined;
    if (prefix !== undefined && path.startsWith(prefix) && path.length > prefix.length) {
      const id = decoded(path.slice(prefix.length));
      return id === undefined ? undefined : { name, id };
    }
  }
  return undefined;
}

function decoded(part: string): string | undefined {
  try {
    return part.includes("/") ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export function pathOf(call: Call, id: string): string {
  return call.path.endsWith(ID) ? call.path.slice(0, -ID.length + 1) + encodeURIComponent(id) : call.path;
}
