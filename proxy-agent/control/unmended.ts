import type { Document } from "../contract/document";
import type { ObjectProblem } from "./problem";

/**
 * What may be running although the document does not tell of it, because the document was damaged or gone when
 * control started. As long as there is something, nothing that runs is ended but by a change that removes something.
 */
export class Unmended {
  readonly #problems = new Map<string, ObjectProblem>();

  constructor(damaged: readonly ObjectProblem[]) {
    for (const problem of damaged) this.#problems.set(problem.objectId, problem);
  }

  get isEmpty(): boolean {
    return this.#problems.size === 0;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#problems.keys());
  }

  get problems(): readonly ObjectProblem[] {
    return [...this.#problems.values()];
  }

  /** Listeners that run while there is no document. */
  addLost(listenerIds: readonly string[]): void {
    for (const objectId of listenerIds) {
      this.#problems.set(objectId, { objectId, code: "STATE_LOST", parameters: { objectId } });
    }
  }

  /** What a change declares is mended by it; one that removes something ends all that nobody declares. */
  confirmed(before: Document, after: Document): void {
    if (Object.keys(before.objects).some((id) => after.objects[id] === undefined)) this.#problems.clear();
    for (const id of Object.keys(after.objects)) this.#problems.delete(id);
  }
}
