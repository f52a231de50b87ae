import { stringify } from 'yaml';

/**
 * A manifest in which texts may stand for what a chart fills in: `<<= EXPRESSION>>` for one value, also as a part of a text,
 * `<<yaml EXPRESSION>>` for any, `<<with EXPRESSION>>` for any that leaves its field out where it is empty (as the name of
 * a field: for more fields), `<<file NAME>>` for the text of a file of the chart.
 */
export type TemplateValue = string | number | boolean | null | TemplateValue[] | Template;
export interface Template {
  [name: string]: TemplateValue;
}

/** What templates of others say to their own readers is not for the chart to fill in. */
function keepBraces(text: string): string {
  return text.replace(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
}

/** A line with what stands in it for something to be filled in. */
function expandLine(line: string): string {
  const whole = /^([ -]*)(?:([\w./-]+): )?<<(yaml|with|file) ([^>]+)>>(?:: null)?$/.exec(line);
  if (whole === null) return line.replace(/<<= ([^>]+)>>/g, (_, expression: string) => `{{ ${expression} }}`);
  const [, indent = '', name, kind, expression = ''] = whole;
  // More fields stand beside their neighbours, a value below its name.
  const [field, depth] = name === undefined ? [indent, indent.length] : [`${indent}${name}: `, indent.length + 2];
  switch (kind) {
    case 'yaml':
      return `${field}{{- toYaml ${expression} | nindent ${depth} }}`;
    case 'with':
      return `${indent}{{- with ${expression} }}\n${field}{{- toYaml . | nindent ${depth} }}\n${indent}{{- end }}`;
    default:
      return `${field}|\n${' '.repeat(depth)}{{- $.Files.Get "${expression}" | trim | nindent ${depth} }}`;
  }
}

/** One manifest of a chart's template, with the line that separates it from the one before. */
export function printTemplate(manifest: Template): string {
  const text = keepBraces(stringify(manifest, { lineWidth: 0 }));
  return `---\n${text.trimEnd().split('\n').map(expandLine).join('\n')}\n`;
}
