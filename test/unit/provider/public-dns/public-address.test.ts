import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../../provider/public-dns/public-address";

describe("an address that the whole internet reaches", () => {
  it.each([
    "8.8.8.8",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "192.169.0.1",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:200::1",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
  ])("is told apart from others: %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("an address that is somebody's own", () => {
  it.each([
    ["wildcard", "0.0.0.0"],
    ["wildcard", "::"],
    ["loopback", "127.0.0.1"],
    ["loopback", "127.255.255.255"],
    ["loopback", "::1"],
    ["private", "10.1.2.3"],
    ["private", "172.16.0.1"],
    ["private", "172.31.255.255"],
    ["private", "192.168.178.1"],
    ["private, in IPv6 notation", "::ffff:10.1.2.3"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["carrier-grade NAT", "100.127.255.255"],
    ["link-local", "169.254.169.254"],
    ["link-local", "fe80::1"],
    ["link-local", "febf::1"],
    ["unique local", "fc00::1"],
    ["unique local", "fdff:ffff::1"],
    ["documentation", "192.0.2.10"],
    ["documentation", "198.51.100.10"],
    ["documentation", "203.0.113.10"],
    ["documentation", "2001:db8::1"],
    ["documentation", "3fff:fff::1"],
    ["benchmarking", "198.18.0.1"],
    ["benchmarking", "198.19.255.255"],
    ["benchmarking", "2001:2::1"],
    ["multicast", "224.0.0.1"],
    ["multicast", "239.1.2.3"],
    ["multicast", "ff02::1"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["protocol assignment", "192.0.0.8"],
    ["discard-only", "100::1"],
    ["6to4", "2002:c000:204::1"],
    ["none at all", "edge-a.example.com"],
    ["none at all", ""],
  ])("needs no word of its owner to answer DNS there: %s, %s", (_block, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
