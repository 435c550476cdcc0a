/**
 * Networks: what tells one party from another. An IPv4 address is one by itself; of IPv6 a single customer has a whole /64, so that is one.
 * Sources: RFC 4291 (IPv6 addresses, those that hold an IPv4 address), RFC 5952 (how they are written), RFC 6177 (what a site is given).
 */
import { isIPv4, isIPv6 } from 'node:net';

/** The longest text of an IPv6 address, with an IPv4 address at its end. */
const longestAddress = 45;
const longestShown = 100;

const endpoint = /^(\S{1,45}) through (vpce-[0-9a-z]{1,40})$/;

/**
 * An address as seen through a VPC endpoint: a private one is another party's in each VPC. Source: vpcEndpointId in "CloudTrail record contents",
 * x-amzn-vpce-id in the examples of OAuth sign-ins in the IAM user guide.
 */
export function addressThrough(address: string | undefined, endpointId: string | undefined): string | undefined {
  const told = `${address} through ${endpointId}`;
  return address !== undefined && endpointId !== undefined && endpoint.test(told) && networkOf(address) !== undefined ? told : address;
}

/** The address alone. */
export function bareAddress(address: string | undefined): string | undefined {
  return address === undefined ? undefined : (endpoint.exec(address)?.[1] ?? address);
}

/**
 * @param address what CloudTrail has as sourceIPAddress, with the VPC endpoint that it came through, if any
 * @returns `203.0.113.7` or `2001:db8:5:6::/64`, the same for all ways of writing it; undefined for what is no address: AWS writes names of
 * its services there ("AWS Internal", `appstream.amazonaws.com`), which tell nobody apart
 */
export function networkOf(address: string | undefined): string | undefined {
  const [, inner, through] = endpoint.exec(address ?? '') ?? [];
  if (inner !== undefined) {
    const network = networkOf(inner);
    return network && `${network} through ${through}`;
  }
  if (address === undefined || address.length > longestAddress || address.includes('%')) return undefined;
  if (isIPv4(address)) return address;
  return isIPv6(address) ? networkOfGroups(groupsOf(address)) : undefined;
}

/** Whether a text is an address or a network, and not a service's name. */
export function isNetwork(text: string): boolean {
  return networkOf(text.replace(/::\/64(?=$| through )/, '::')) !== undefined;
}

/** A place as people read it: the network, or what stands in place of an address. */
export function placeOf(address: string): string {
  return networkOf(address) ?? address.slice(0, longestShown).toWellFormed();
}

function networkOfGroups(groups: readonly number[]): string {
  const [first = 0, second = 0] = groups.slice(6);
  const holdsIpv4 = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (holdsIpv4) return [first >> 8, first & 255, second >> 8, second & 255].join('.');
  const prefix = groups.slice(0, 4);
  const length = prefix.findLastIndex((group) => group !== 0) + 1;
  const written = prefix.slice(0, length).map((group) => group.toString(16));
  return `${written.join(':')}::/64`;
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [front = [], back = []] = hex.split('::').map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))));
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
}
