import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { harmless } from './output/harmless.ts';
import { formatBytes, formatSeconds } from './units.ts';

export interface ViewedProgress {
  readonly percent: number | null;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly message: string | null;
}

export interface ViewedStep {
  readonly position: number;
  readonly name: string;
  readonly state: string;
  readonly progress: ViewedProgress | null;
  readonly failure: { readonly message: string } | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface ViewedOperation {
  readonly title: string;
  readonly percent: number;
  readonly state: string;
  readonly steps: readonly ViewedStep[];
}

/** Shows one operation while it runs: bars where the stream is a terminal, one line a change where it is not. */
export interface ProgressView {
  show(operation: ViewedOperation): void;
  /** A line of a job's log. */
  log(text: string): void;
  /** Leaves the last picture on the screen. */
  finish(): void;
}

const BAR_CELLS = 24;
/** What is moved so fast that nobody reads how much of it is there yet. */
const MOVED_AT_ONCE_BYTES = 64 * 1024;
const WIDE_COLUMNS = 110;
/** What a line has beside names and bars: mark, spaces, percent or duration. */
const OTHER_CELLS = 16;

/** How much room names and bars get, so that no line is wider than the terminal. */
function layOut(columns: number): { readonly title: number; readonly headBar: number; readonly name: number } {
  const headBar = Math.max(4, Math.min(BAR_CELLS, columns - OTHER_CELLS - 30));
  return {
    headBar,
    title: Math.max(8, Math.min(30, columns - OTHER_CELLS - headBar)),
    name: Math.max(8, Math.min(32, columns - OTHER_CELLS)),
  };
}
const MARKS: Readonly<Record<string, string>> = {
  SUCCEEDED: '✔',
  FAILED: '✖',
  SKIPPED: '↷',
  RUNNING: '▸',
  PENDING: '·',
};

/** `████▌░░░` of so many cells, to an eighth of a cell. */
export function drawBar(percent: number, cells: number): string {
  const eighths = Math.round((Math.min(100, Math.max(0, percent)) / 100) * cells * 8);
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '';
  const full = '█'.repeat(Math.floor(eighths / 8)) + part;
  return full.padEnd(cells, '░');
}

function duration(step: ViewedStep): string {
  if (step.startedAt === null || step.finishedAt === null) return '';
  return formatSeconds((Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1000);
}

function describeProgress(progress: ViewedProgress): string {
  const parts: string[] = [];
  const { bytesDone, bytesTotal, bytesPerSecond } = progress;
  if (bytesDone !== null && bytesTotal !== null && bytesTotal >= MOVED_AT_ONCE_BYTES) {
    parts.push(`${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`);
    if (bytesPerSecond !== null && bytesPerSecond > 0) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  }
  if (progress.secondsLeft !== null && progress.secondsLeft > 0) parts.push(`${progress.secondsLeft} s left`);
  if (progress.message !== null) parts.push(progress.message);
  return parts.join(' · ');
}

/** Cut to what is left of a line, so that no line wraps and the picture stays still. */
function cut(text: string, cells: number): string {
  return text.length <= cells ? text : `${text.slice(0, Math.max(0, cells - 1))}…`;
}

type Paint = (format: 'green' | 'red' | 'cyan' | 'dim' | 'bold', text: string) => string;

function stepLine(step: ViewedStep, columns: number, paint: Paint): string {
  const mark = MARKS[step.state] ?? '?';
  const { name: nameCells } = layOut(columns);
  const name = cut(step.name, nameCells).padEnd(nameCells);
  switch (step.state) {
    case 'SUCCEEDED':
      return `  ${paint('green', mark)} ${name} ${paint('dim', duration(step))}`;
    case 'FAILED':
      return `  ${paint('red', mark)} ${name} ${paint('red', step.failure?.message ?? '')}`;
    case 'RUNNING': {
      const { progress } = step;
      const cells = columns < WIDE_COLUMNS ? BAR_CELLS / 3 : BAR_CELLS;
      const percent = progress?.percent ?? null;
      const room = columns - nameCells - OTHER_CELLS;
      const drawn = room < cells ? '' : ` ${drawBar(percent ?? 0, cells)}`;
      const bar = percent === null ? '' : `${drawn} ${percent.toFixed(0).padStart(3)} %`;
      const detail = progress === null ? '' : describeProgress(progress);
      const left = columns - `  ${mark} ${name}${bar} `.length;
      return `  ${paint('cyan', mark)} ${name}${paint('cyan', bar)} ${paint('dim', cut(detail, left - 1))}`;
    }
    default:
      return paint('dim', `  ${mark} ${name}`);
  }
}

function terminalView(stream: NodeJS.WriteStream): ProgressView {
  const update = createLogUpdate(stream);
  // As what it is written to can show it, and NO_COLOR says: stdout may be another thing.
  const paint: Paint = (format, text) => styleText(format, text, { stream });
  let picture = '';
  let lastLog = '';
  const draw = () =>
    update(lastLog === '' ? picture : `${picture}\n${paint('dim', `    ${cut(lastLog, stream.columns - 6)}`)}`);
  return {
    show(operation) {
      const { title: cells, headBar } = layOut(stream.columns);
      const title = paint('bold', cut(operation.title, cells).padEnd(cells));
      const bar = paint('green', drawBar(operation.percent, headBar));
      const head = `${title} ${bar} ${operation.percent.toFixed(0).padStart(3)} %`;
      picture = [head, ...operation.steps.map((step) => stepLine(step, stream.columns, paint))].join('\n');
      draw();
    },
    log(text) {
      lastLog = text;
      draw();
    },
    finish() {
      lastLog = '';
      draw();
      update.done();
    },
  };
}

function plainView(stream: NodeJS.WriteStream): ProgressView {
  const said = new Map<number, string>();
  return {
    show(operation) {
      for (const step of operation.steps) {
        if (step.state === 'PENDING') continue;
        const detail =
          step.state === 'RUNNING' && step.progress !== null
            ? `${step.progress.percent === null ? '' : `${step.progress.percent.toFixed(0)} % `}${describeProgress(step.progress)}`
            : (step.failure?.message ?? duration(step));
        const line = `${step.state.toLowerCase().padEnd(9)} ${step.name}${detail === '' ? '' : `: ${detail}`}`;
        if (said.get(step.position) === line) continue;
        said.set(step.position, line);
        stream.write(`[${operation.percent.toFixed(0).padStart(3)} %] ${operation.title}: ${line}\n`);
      }
    },
    log(text) {
      stream.write(`        | ${text}\n`);
    },
    finish() {},
  };
}

/** Names of a tenant's tables stand in progress, and words of its server in failures. */
function harmlessOperation(operation: ViewedOperation): ViewedOperation {
  const steps = operation.steps.map((step) => ({
    ...step,
    name: harmless(step.name),
    progress: step.progress && { ...step.progress, message: step.progress.message && harmless(step.progress.message) },
    failure: step.failure && { message: harmless(step.failure.message) },
  }));
  return { ...operation, title: harmless(operation.title), steps };
}

/** The view that fits the stream. Nothing that it is given acts on the terminal. */
export function createProgressView(stream: NodeJS.WriteStream): ProgressView {
  const view = stream.isTTY ? terminalView(stream) : plainView(stream);
  return {
    ...view,
    show: (operation) => view.show(harmlessOperation(operation)),
    log: (text) => view.log(harmless(text)),
  };
}
