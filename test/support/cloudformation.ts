/** Checks a CloudFormation template against AWS's own resource schemas, as @aws-cdk/aws-service-spec holds them. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Json = Record<string, unknown>;
type Type = { type: string; element?: Type; reference?: { $ref: string }; types?: Type[] };
type Properties = Record<string, { type: Type; required?: boolean }>;

const spec = loadAwsServiceSpecSync();

/** Sentences about what is wrong; none: the template is well. */
export function faultsOfTemplate(template: Json): string[] {
  const resources = template.Resources as Record<string, { Type: string; Properties: Json; DependsOn?: string; Condition?: string }>;
  const parameters = Object.keys((template.Parameters ?? {}) as Json);
  const conditions = Object.keys((template.Conditions ?? {}) as Json);
  const faults: string[] = [];
  for (const [name, resource] of Object.entries(resources)) {
    const [known] = spec.lookup('resource', 'cloudFormationType', 'equals', resource.Type);
    if (known === undefined) faults.push(`${name}: there is no resource type ${resource.Type}`);
    else faults.push(...faultsOfObject(resource.Properties, known.properties as unknown as Properties, name));
    if (resource.DependsOn && resources[resource.DependsOn] === undefined) faults.push(`${name} depends on ${resource.DependsOn}`);
    if (resource.Condition && !conditions.includes(resource.Condition)) faults.push(`${name}: there is no condition ${resource.Condition}`);
  }
  const used = references(template);
  for (const { kind, to } of used) {
    const [target = '', attribute] = to.split('.');
    if (target.startsWith('AWS::')) continue;
    if (kind === 'ref' && !parameters.includes(target) && resources[target] === undefined) faults.push(`nothing is named ${target}`);
    if (kind === 'att' && !attributesOf(resources[target]?.Type).includes(attribute ?? '')) faults.push(`${to} is no attribute`);
  }
  for (const parameter of parameters) if (!used.some(({ to }) => to === parameter)) faults.push(`parameter ${parameter} is not used`);
  return faults;
}

function attributesOf(type: string | undefined): string[] {
  const [known] = type === undefined ? [] : spec.lookup('resource', 'cloudFormationType', 'equals', type);
  return Object.keys(known?.attributes ?? {});
}

function faultsOfObject(value: Json, properties: Properties, path: string): string[] {
  const missing = Object.entries(properties).filter(([key, property]) => property.required && value[key] === undefined);
  const faults = missing.map(([key]) => `${path}.${key} is missing`);
  for (const [key, inner] of Object.entries(value)) {
    const property = properties[key];
    if (property === undefined) faults.push(`${path}.${key} is no property`);
    else faults.push(...faultsOfValue(inner, property.type, `${path}.${key}`));
  }
  return faults;
}

function isFunction(value: unknown): boolean {
  const [key, ...others] = Object.keys((value ?? {}) as Json);
  return typeof value === 'object' && !Array.isArray(value) && others.length === 0 && (key === 'Ref' || (key?.startsWith('Fn::') ?? false));
}

function faultsOfValue(value: unknown, type: Type, path: string): string[] {
  if (isFunction(value) || type.type === 'json') return [];
  if (type.type === 'union') {
    const tried = (type.types ?? []).map((one) => faultsOfValue(value, one, path));
    return tried.some((faults) => faults.length === 0) ? [] : (tried[0] ?? []);
  }
  if (type.type === 'array') {
    if (!Array.isArray(value)) return [`${path} must be a list`];
    return value.flatMap((one, index) => faultsOfValue(one, type.element as Type, `${path}[${index}]`));
  }
  if (type.type === 'ref') {
    const definition = spec.get('typeDefinition', type.reference as never) as unknown as { properties: Properties };
    return faultsOfObject(value as Json, definition.properties, path);
  }
  const expected = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', map: 'object', tag: 'object' }[type.type];
  return typeof value === expected ? [] : [`${path} must be of type ${type.type}`];
}

function references(value: unknown): { kind: 'ref' | 'att'; to: string }[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [{ kind: 'ref' as const, to: String(inner) }];
    if (key === 'Fn::GetAtt') return [{ kind: 'att' as const, to: (inner as string[]).join('.') }];
    if (key === 'Fn::Sub') return [...String(inner).matchAll(/\$\{([^}]+)\}/g)].map(([, to = '']) => ({ kind: 'ref' as const, to }));
    return references(inner);
  });
}
