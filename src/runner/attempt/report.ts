import { CONTROL_MARK, type Finding, formatJobMessage } from '../../../jobs/ports/job-protocol.ts';
import type { JobReport } from '../../../jobs/ports/platform/jobs.ts';
import type { PhaseUnit, Report } from './attempt.ts';
import { cleanLine } from './clean-line.ts';

const SAID_AT_MOST_EVERY_MS = 1_000;

interface Phase {
  readonly name: string;
  readonly total: number;
  readonly unit: PhaseUnit;
  done: number;
}

function reportOf({ name, total, unit }: Phase, done: number, message: string): JobReport {
  const inPercent = unit === 'percent';
  return {
    phase: name,
    bytesDone: inPercent ? null : done,
    bytesTotal: inPercent ? null : total,
    percent: inPercent ? Math.floor((done * 100) / total) : null,
    message: message === '' ? null : cleanLine(message),
  };
}

/** A report that writes its lines to `write`; `now` is a clock in milliseconds that never goes back. */
export function createReport(write: (line: string) => void, now: () => number = () => performance.now()): Report {
  const notices: string[] = [];
  const findings: Finding[] = [];
  const known = new Set<string>();
  let phase: Phase | null = null;
  let said = '';
  let saidAt = Number.NEGATIVE_INFINITY;
  /** The latest finding, until a phase has told it. */
  let latest = '';

  const log = (text: string) => {
    const line = cleanLine(text);
    // A tool may print what looks like a line for the control plane.
    write(line.startsWith(CONTROL_MARK) ? ` ${line}` : line);
  };
  const say = (report: JobReport) => {
    const line = formatJobMessage({ kind: 'progress', report });
    // Saying the same again would look like work to whoever watches for a stall.
    if (line === said) return;
    said = line;
    saidAt = now();
    write(line);
  };
  const isNew = (key: string) => {
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };

  return {
    log,
    phase: (name, total, unit = 'bytes') => {
      phase = { name, total: Math.max(1, Math.floor(total)), unit, done: 0 };
      say(reportOf(phase, 0, latest));
      latest = '';
    },
    progress: (done, message = '') => {
      if (phase === null) return;
      phase.done = Math.max(phase.done, Math.min(Math.floor(done), phase.total - 1));
      if (now() - saidAt >= SAID_AT_MOST_EVERY_MS) say(reportOf(phase, phase.done, message));
    },
    endPhase: () => {
      if (phase !== null) say(reportOf(phase, phase.total, ''));
    },
    notice: (text) => {
      const line = cleanLine(text);
      if (!isNew(`notice ${line}`)) return;
      notices.push(line);
      log(`notice: ${line}`);
    },
    finding: (given) => {
      const finding: Finding = {
        ...given,
        message: cleanLine(given.message),
        database: given.database === null ? null : cleanLine(given.database),
        object: given.object === null ? null : cleanLine(given.object),
        remedy: given.remedy === null ? null : cleanLine(given.remedy),
      };
      if (!isNew(`finding ${JSON.stringify([finding.code, finding.database, finding.object, finding.message])}`))
        return;
      findings.push(finding);
      const where = [finding.database, finding.object].filter((part) => part !== null).join(': ');
      log(`finding ${finding.code} (${finding.severity})${where === '' ? '' : ` ${where}`}: ${finding.message}`);
      write(formatJobMessage({ kind: 'finding', finding }));
      latest = `found ${finding.code}: ${where === '' || finding.message.startsWith(where) ? '' : `${where}: `}${finding.message}`;
      if (phase === null) return;
      say(reportOf(phase, phase.done, latest));
      latest = '';
    },
    notices,
    findings,
  };
}
