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

/** A template as CloudFormation takes it; undefined when there is none of that name. */
export function printedTemplate(name: string): string | undefined {
  const template = lookUp(templates, name);
  return template && `${JSON.stringify(template(), null, 1)}\n`;
}
