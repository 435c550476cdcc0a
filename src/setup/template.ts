/** The AWS side, from the catalogue: what `npm run template -- NAME` prints. */
import { lookUp } from '../domain/json.ts';
import { centralTemplate } from './central-template.ts';
import { managementRoleTemplate } from './management-template.ts';
import { memberRolesTemplate, regionalRulesTemplate } from './member-templates.ts';

export const templates: Readonly<Record<string, () => Record<string, unknown>>> = {
  central: centralTemplate,
  'member-roles': memberRolesTemplate,
  'management-role': managementRoleTemplate,
  'regional-rules': regionalRulesTemplate,
};

/** A template as CloudFormation takes it, in ASCII: anything else it gives back as question marks. Undefined when there is none of that name. */
export function printedTemplate(name: string): string | undefined {
  const template = lookUp(templates, name);
  return template && `${inAscii(printed(template()))}\n`;
}

const width = 120;

/** What fits goes on one line: CloudFormation counts each space, and people read it before they deploy it. */
function printed(value: unknown, margin = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || margin.length + line.length <= width) return line;
  const inner = `${margin} `;
  if (Array.isArray(value)) return `[\n${value.map((one) => inner + printed(one, inner)).join(',\n')}\n${margin}]`;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{\n${entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${printed(one, inner)}`).join(',\n')}\n${margin}}`;
}

function inAscii(json: string): string {
  return json.replace(/[^ -~\n]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
