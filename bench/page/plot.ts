import type { MachineFacts } from '../machine.ts';
import type { Outcome } from './outcomes.ts';

const [WIDTH, LABELS, ROW, TOP, BOTTOM] = [880, 470, 26, 58, 34];
/** So many times its goal a bar may show; beyond, it is cut and says so. */
const MOST = 3;

const xmlText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A bar a figure, as a share of its goal: what ends left of the line has met it. Text of its own, no script and no link. */
export function buildPlot(machine: MachineFacts, outcomes: readonly Outcome[]): string {
  const height = TOP + outcomes.length * ROW + BOTTOM;
  const scale = (WIDTH - LABELS - 90) / MOST;
  const goalAt = LABELS + scale;
  const bars = outcomes.map(({ section, name, unit, value, goal, peer }, at) => {
    const share = value / goal;
    const y = TOP + at * ROW;
    const width = Math.max(1, Math.min(MOST, share) * scale);
    const said = peer === null ? `${value.toFixed(2)} ${unit}` : value.toFixed(2);
    const shown = share > MOST ? `${said}, cut here` : said;
    return `<text x="${LABELS - 10}" y="${y + 15}" text-anchor="end">${xmlText(`${short(section)}: ${name}`)}</text>
<rect x="${LABELS}" y="${y + 3}" width="${width.toFixed(1)}" height="16" class="${share <= 1 ? 'met' : 'missed'}"/>
<text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 15}">${xmlText(`${shown} (goal ${goal})`)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Each figure against its goal">
<style>
svg { background: #fff }
text { font: 12px system-ui, sans-serif; fill: #222 }
.title { font-size: 15px; font-weight: 600 }
.met { fill: #2e7d5b }
.missed { fill: #c2703d }
.goal { stroke: #222; stroke-dasharray: 4 3 }
</style>
<text x="16" y="24" class="title">Images and restores against the plain tools; the dashed line is the goal</text>
<text x="16" y="42">${xmlText(`${machine.processor}, PostgreSQL ${machine.postgres}, load of others ${machine.load}, ${machine.at.slice(0, 10)}`)}</text>
<line x1="${goalAt}" y1="${TOP - 4}" x2="${goalAt}" y2="${height - BOTTOM + 4}" class="goal"/>
${bars.join('\n')}
<text x="16" y="${height - 12}">Ratios of time or room in the same run; less is better. Figures in seconds where there is no peer.</text>
</svg>
`;
}

const short = (section: string) =>
  section.replace(/^image of a server with /, '').replace(/^PHYSICAL image of a server with /, 'PHYSICAL, ');
