import { createHash } from 'node:crypto';
import type { ConnectionFacts, ServerProbe } from '../../jobs/ports/server-probe.ts';

interface Check {
  readonly asks: string;
  readonly answer: Promise<ConnectionFacts>;
}

interface Visits {
  readonly underWay: Check;
  /** What begins when that is over; whoever asks the same meanwhile shares it. */
  next: Check | null;
}

/** Two who know different passwords never share an answer. */
function keyOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/**
 * The checks of one instance one after the other, whoever asks for them and how often: a question that is being asked at
 * the moment is answered to all who ask it. So a server that keeps whoever asks waiting keeps one connection, not many.
 */
export function shareChecks(probe: Pick<ServerProbe, 'connect'>): Pick<ServerProbe, 'connect'> {
  const visits = new Map<string, Visits>();

  function begin(at: string, asks: string, connect: () => Promise<ConnectionFacts>): Promise<ConnectionFacts> {
    const answer = connect();
    const visit: Visits = { underWay: { asks, answer }, next: null };
    visits.set(at, visit);
    const leave = () => {
      // The one that waited has begun by then, and has put itself here.
      if (visits.get(at) === visit) visits.delete(at);
    };
    answer.then(leave, leave);
    return answer;
  }

  return {
    connect(address, login, options) {
      const at = keyOf(address, login);
      const asks = keyOf(options);
      const connect = () => probe.connect(address, login, options);
      const visit = visits.get(at);
      if (visit === undefined) return begin(at, asks, connect);
      if (visit.underWay.asks === asks) return visit.underWay.answer;
      if (visit.next?.asks === asks) return visit.next.answer;
      const before = visit.next ?? visit.underWay;
      const answer = before.answer.catch(() => undefined).then(() => begin(at, asks, connect));
      visit.next = { asks, answer };
      return answer;
    },
  };
}
