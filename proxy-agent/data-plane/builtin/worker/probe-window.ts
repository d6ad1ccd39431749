import type { TLSSocket } from "node:tls";
import { LIMITS } from "../../../contract/limits";
import { PROBE_EXPORTER_BYTES, PROBE_EXPORTER_LABEL, type ProbeRecord } from "../../../contract/probe";

/** While the window is open, new connections are remembered by their TLS exporter value: the newest ones. */
export class ProbeWindow {
  private readonly records = new Map<string, ProbeRecord>();
  private openUntil = 0;

  open(seconds: number): void {
    this.openUntil = performance.now() + seconds * 1_000;
  }

  find(exporterHex: string): ProbeRecord | null {
    return this.records.get(exporterHex) ?? null;
  }

  /** Whoever called goes on writing into the record. */
  remember(client: TLSSocket, record: ProbeRecord): void {
    if (performance.now() > this.openUntil) {
      return;
    }
    // The type demands a context; the contract has none, which in TLS 1.2 is not the same as an empty one.
    const exporter = client.exportKeyingMaterial(
      PROBE_EXPORTER_BYTES,
      PROBE_EXPORTER_LABEL,
      undefined as never,
    );
    this.records.set(exporter.toString("hex"), record);
    for (const oldest of this.records.keys()) {
      if (this.records.size <= LIMITS.probeRecordsPerWorker) {
        break;
      }
      this.records.delete(oldest);
    }
  }
}
