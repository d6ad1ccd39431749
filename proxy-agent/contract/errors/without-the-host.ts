/** How an `up` goes on where one host does not answer. */
export const WITHOUT_THE_HOST =
  'To go on without it, give the host `status: "Maintenance"` until it is back; if it is gone for good, take it out of `hosts` and name it in OFFLOAD_RELEASE_HOSTS';
