/** Faults to order: each is used up after the given number of times. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface SlackFault {
  readonly method?: string | undefined;
  readonly mode: '429' | '500' | 'error' | 'timeout-before' | 'timeout-after' | 'late' | 'reset-before' | 'reset-after' | 'slow';
  times: number;
  readonly retryAfter?: number | undefined;
  readonly ms?: number | undefined;
  readonly error?: string | undefined;
}

export interface AwsFault {
  readonly operation?: string | undefined;
  readonly mode: 'throttle' | 'denied' | '500' | 'timeout-before' | 'timeout-after' | 'reset-after' | 'slow';
  times: number;
  readonly ms?: number | undefined;
  /** Part of a scenario: it ends when the next one is played. */
  readonly ofScenario?: true;
}

/** SNS does not reach the endpoint, until a time of the sandbox's clock. */
interface SnsFault {
  readonly mode: 'unreachable';
  readonly until: number;
}

export class Faults {
  slack: SlackFault[] = [];
  aws: AwsFault[] = [];
  sns: SnsFault[] = [];

  isUnreachable(now: number): boolean {
    return this.sns.some(({ until }) => now < until);
  }

  takeSlack(method: string): SlackFault | undefined {
    return take(this.slack, (fault) => fault.method === undefined || fault.method === method);
  }

  takeAws(operation: string): AwsFault | undefined {
    return take(this.aws, (fault) => fault.operation === undefined || fault.operation === operation);
  }

  /** Refuses these operations until the next scenario. */
  refuseInScenario(operations: readonly string[]): void {
    const others = this.aws.filter(({ ofScenario }) => !ofScenario);
    const refusals = operations.map((operation) => ({
      operation,
      mode: 'denied' as const,
      times: Number.MAX_SAFE_INTEGER,
      ofScenario: true as const,
    }));
    this.aws = [...others, ...refusals];
  }

  clear(): void {
    this.slack = [];
    this.aws = [];
    this.sns = [];
  }
}

function take<T extends { times: number }>(faults: T[], matches: (fault: T) => boolean): T | undefined {
  const found = faults.find((fault) => fault.times > 0 && matches(fault));
  if (found) found.times--;
  return found;
}

const lateMs = 300;

/**
 * Answers a call the way a fault wants it.
 * @param work processes the call and sends the answer
 * @param silently processes the call and sends nothing
 * @returns false when the fault is one of content, which the caller must answer
 */
export async function withTransportFault(
  mode: string,
  call: { request: IncomingMessage; response: ServerResponse },
  ms: number | undefined,
  work: () => Promise<void>,
  silently: () => Promise<void>,
): Promise<boolean> {
  const { request, response } = call;
  const closed = new Promise<void>((resolve) => response.on('close', resolve));
  switch (mode) {
    case 'timeout-before':
      await closed;
      return true;
    case 'timeout-after':
      await silently();
      await closed;
      return true;
    case 'late':
      await closed;
      await new Promise((resolve) => setTimeout(resolve, ms ?? lateMs));
      await silently();
      return true;
    case 'reset-before':
      request.socket.resetAndDestroy();
      return true;
    case 'reset-after':
      await silently();
      request.socket.resetAndDestroy();
      return true;
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, ms ?? 4_000));
      await work();
      return true;
    default:
      return false;
  }
}
