export const HOST_LIMITS = {
  /** Of one set: its network has that many addresses. */
  hosts: 12,
  /** What a host may write. It is held in memory, as far as it is used. */
  diskBytes: 1_024 ** 3,
  /** Making the file systems that all hosts share, which happens once a machine. */
  rootSeconds: 400,
  bootSeconds: 60,
  /** Default for one command on a host. */
  commandSeconds: 60,
} as const;
