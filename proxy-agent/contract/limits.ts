/**
 * Everything that can grow has its limit here, and nowhere else. docs/limits.md is made from this file, and
 * each limit has a test. Units are in the names.
 */
export const LIMITS = {
  /** Objects in one load balancer's document, all kinds together. */
  objectsPerDocument: 2_000,
  /** Listeners of one load balancer (the cloud's quota is 50). */
  listenersPerDocument: 50,
  /** Servers in one server group (the cloud's quota). */
  serversPerGroup: 400,
  /** Additional (SNI) certificates of one listener (the cloud's quota is 25 an instance). */
  additionalCertificatesPerListener: 25,
  /** Records in one embedded zone. */
  recordsPerZone: 1_000,
  /** One request to the agent's API. */
  requestBytes: 8 * 1024 * 1024,
  /** A PEM chain. */
  chainBytes: 128 * 1024,
  /** Objects of a document edited by hand that are named one by one. */
  editedObjectsReported: 20,
  /** Changes that may wait for a pending one before a further one gets BUSY at once. */
  waitingChanges: 16,
  /** The longest that a change may wait for a pending one. */
  changeWaitSeconds: 120,
  /** The shortest and longest confirm deadline of a change. */
  confirmSecondsMin: 1,
  confirmSecondsMax: 600,
  /** What a person may say about draining a host, and how long draining waits for a pending change. */
  drainReasonCharacters: 256,
  drainWaitSeconds: 30,
  /** Clients that may be connected to the agent's API at once. */
  apiConnections: 64,
  /** An answer of the agent's API that is longer is not read further: no host fills its caller's memory. */
  apiAnswerBytes: 16 * 1024 * 1024,
  /** An API request that has not been answered by then is given up by the client. */
  apiRequestSeconds: 60,
  /** The same for a request that only looks: shorter, so that one host that hangs does not hold up the look at all. */
  apiReadSeconds: 20,
  /** A client of the API that asks for nothing any more is let go after this time. */
  apiIdleSeconds: 60,
  /** A TLS handshake that is not complete by then is closed. */
  handshakeSeconds: 10,
  /** What is read of a client to learn the name it asks for; a longer ClientHello gets the default certificate. */
  clientHelloBytes: 32 * 1024,
  /** Time for one TCP connect to a backend. */
  backendConnectSeconds: 3,
  /** Servers tried for one client connection before any byte was sent. */
  backendTries: 3,
  /** Client connections of one worker; more are refused. */
  connectionsPerWorker: 20_000,
  /** What may wait in memory in one direction of one connection before reading stops. */
  relayBufferBytes: 64 * 1024,
  /** Connections of a removed listener or server without a drain timeout are ended by then. */
  retiredConnectionSeconds: 900,
  /** A client that was told that its connection ends has this long to close its side. */
  closeGraceSeconds: 2,
  /** A data-plane worker that does not answer by then is replaced. */
  workerAnswerSeconds: 15,
  /** A fresh data plane tries this long to bind ports that the one before it is letting go. */
  bindRetrySeconds: 5,
  /** TCP keepalive starts after this time without data, on both sides. */
  keepAliveSeconds: 60,
  /** The listening sockets' accept queue. */
  backlog: 4_096,
  /** Health checks in flight at once. */
  healthChecksInFlight: 64,
  /** Probes that one worker remembers, and how long a probe window stays open. */
  probeRecordsPerWorker: 256,
  probeWindowSeconds: 30,
  /** One process's log file; one older file is kept. */
  logFileBytes: 8 * 1024 * 1024,
  /** A process that keeps dying is restarted at most this slowly. */
  restartDelaySecondsMax: 10,
  /** A change waits this long for a data plane or DNS process that is just being started. */
  processStartSeconds: 10,
  /** Resolvers may remember the load balancer's addresses for that long. Low: a dead host gets clients until then. */
  nameTtlSeconds: 10,
  /** Name servers of a zone that the world asks for: as many as a registry takes. Further hosts answer unnamed. */
  nameServersPerZone: 13,
  /** Resolvers may remember for that long which the name servers are, and where: they are the hosts, whatever serves. */
  nameServerTtlSeconds: 3_600,
  /** The DNS process: how often each address of the load balancer's name is probed, give or take a tenth. */
  servingProbeSeconds: 2,
  /** The DNS process: a listener that has not answered a ClientHello by then does not serve. */
  servingAnswerSeconds: 2,
  /** The DNS process: probes in a row that leave an address out of the name, and that take it back. */
  servingFailures: 2,
  servingSuccesses: 2,
  /** The DNS process: probes under way at once. */
  servingProbesInFlight: 64,
  /** DNS over TCP: connections at once, and idle time of one. */
  dnsTcpConnections: 128,
  dnsTcpIdleSeconds: 10,
  /** UDP answers without EDNS, and the most that is sent with it. */
  dnsUdpBytes: 512,
  dnsUdpBytesMax: 1_232,
  /** UDP answers of one address that wait for the network; while there are more, further queries are not answered. */
  dnsUdpQueueBytes: 1_048_576,
  /** CNAMEs followed inside one answer. */
  dnsCnameChain: 8,
  /** The provider: how long a host keeps an unconfirmed change after it last heard of the provider. */
  unheardProviderSeconds: 15,
  /** The provider: the look for a change that a host may have made although its answer was lost. */
  lostAnswerSeconds: 5,
  /** The provider: hosts that are changed and verified at once, after the first. */
  hostsAtOnce: 8,
  /** The provider: time for an agent to answer after its start, and to end. */
  agentStartSeconds: 30,
  agentStopSeconds: 30,
  /** A host: how long an installation waits for another one on the same host, and for one step of its own. */
  installQueueSeconds: 60,
  installStepSeconds: 30,
  /** A host: descriptors of one process, enough for both sides of connectionsPerWorker and then some. */
  descriptorsPerProcess: 65_536,
  /** The provider: the wait for a process of the agent that died or was just started. */
  processBackSeconds: 15,
  /** The provider: time for putting all hosts back after a failed change, beside the operation's own. */
  putBackSeconds: 60,
  /** The provider: one handshake of a verification, and the wait for the agent's record of it. */
  verifyHandshakeSeconds: 10,
  verifyRecordSeconds: 15,
  /** The provider: the wait for a closed listener's port, for a DNS answer, and for first health checks. */
  verifyClosedSeconds: 10,
  dnsReadBackSeconds: 10,
  firstHealthCheckSeconds: 8,
  /** The provider: the try to reach a host that leaves or goes into Maintenance, which may be dead. */
  leavingHostSeconds: 5,
  /** The provider: looking at and writing a zone of somebody's, and how often a write that another one came before is tried. */
  zoneOperationSeconds: 60,
  /** The load balancer's name in such a zone: longer than in its own, because nobody there looks which host serves. */
  zoneNameTtlSeconds: 60,
  zoneUpdateTries: 5,
  /** The provider: servers of a zone that are asked for its ownership record, and how long that may be remembered. */
  zoneServers: 8,
  verificationTtlSeconds: 60,
  /** The provider: looking whether the parent zone leads to the hosts; nothing more is asked after this time. */
  delegationLookSeconds: 10,
  /** The provider: the longest wait for resolvers to forget a name that is gone. */
  outlastSeconds: 3_600,
  /** The provider: names that a load balancer had in a zone and keeps for as long; of more, the oldest go at once. */
  formerNames: 8,
  /** The provider: SSH channels to one host's agent at once, and how long an idle one is kept (less than apiIdleSeconds). */
  agentChannels: 4,
  agentChannelIdleSeconds: 20,
  /** The provider: looking at what a host has, over SSH. */
  hostSurveySeconds: 30,
  /** The provider: sending the agent or a Node runtime to a host, and fetching that runtime by npm. */
  hostUploadSeconds: 600,
  nodeFetchSeconds: 300,
  /** The provider: switching a host to another agent, way back included; and taking one away, in time of its own. */
  hostInstallSeconds: 180,
  hostRemoveSeconds: 120,
  /** The provider: channels at once on one SSH connection (OpenSSH's MaxSessions is 10); further ones wait in turn. */
  sshChannels: 8,
  /** The provider: an SSH connection without a channel is closed after this time. */
  sshIdleSeconds: 60,
  /** The provider: a silent SSH connection is asked this often; a peer that leaves three unanswered is dead. */
  sshKeepAliveSeconds: 5,
  /** The provider: a command over SSH that was given no time of its own. */
  sshCommandSeconds: 60,
  /** The provider: what one command over SSH may write; and how much of its error output is kept. */
  sshOutputBytes: 16 * 1024 * 1024,
  sshErrorOutputBytes: 4 * 1024,
  /** The provider: connecting to a host that was reached before: tries, and no further one after this time. */
  sshKnownTries: 3,
  sshKnownSeconds: 5,
  /** The provider: the longest wait between two tries to connect to a machine that is booting. */
  sshRetrySecondsMax: 5,
  /** The provider: compression pointers in one name of a DNS message; a name has no more labels. */
  dnsCompressionPointers: 127,
  /** The provider: messages without a TSIG record between two of one answer that have one (RFC 8945 5.3.1). */
  tsigUnsignedMessages: 99,
  /** The provider: a zone's primary: connecting to one of its addresses, tries of all, and the time between two. */
  dnsConnectSeconds: 5,
  dnsTries: 3,
  dnsRetrySeconds: 1,
  /** The provider: the wait for a primary's answer, and for one over UDP before TCP is taken. */
  dnsAnswerSeconds: 20,
  dnsUdpAnswerSeconds: 3,
} as const;
