import { type Answer, type Args, failure, type Method } from './method.ts';
import { faultsOfView } from './validate.ts';
import { type Block, type OpenView, team, type Workspace } from './workspace.ts';

const triggerMs = 3_000;
const stackDepth = 3;

interface Trigger {
  readonly user: string;
  readonly at: number;
  isUsed: boolean;
}

const triggers = new WeakMap<Workspace, Map<string, Trigger>>();

function triggersOf(workspace: Workspace): Map<string, Trigger> {
  const known = triggers.get(workspace) ?? new Map<string, Trigger>();
  triggers.set(workspace, known);
  return known;
}

/** A trigger id lets an app open one modal within 3 real seconds. */
export function newTrigger(workspace: Workspace, user: string): string {
  const id = workspace.nextId('trigger.');
  triggersOf(workspace).set(id, { user, at: Date.now(), isUsed: false });
  return id;
}

export function viewMethods(workspace: Workspace): Record<string, Method> {
  return {
    'views.open': { scopes: [], run: (args) => open(workspace, args, false) },
    'views.push': { scopes: [], run: (args) => open(workspace, args, true) },
    'views.update': { scopes: [], run: (args) => update(workspace, args) },
    'views.publish': {
      scopes: [],
      run: ({ user_id, view }) => {
        const refused = unfit(view as Record<string, unknown>);
        if (refused) return refused;
        const user = String(user_id);
        const next = opening(workspace, user, view as OpenView['view']);
        const home = { ...next, id: workspace.homes.get(user)?.id ?? next.id };
        workspace.homes.set(user, home);
        workspace.changed();
        return { ok: true, view: told(home) };
      },
    },
  };
}

/** Source: views.open and its kin, docs.slack.dev. */
const mostOfView = 250_000;

function unfit(view: Record<string, unknown>): Answer | undefined {
  if (JSON.stringify(view ?? null).length > mostOfView) return failure('view_too_large');
  const faults = faultsOfView(view ?? {});
  return faults.length > 0 ? failure('invalid_arguments', faults) : undefined;
}

function open(workspace: Workspace, args: Args, isPush: boolean): Answer {
  const trigger = triggersOf(workspace).get(String(args.trigger_id));
  if (trigger === undefined) return failure('invalid_trigger_id');
  if (trigger.isUsed) return failure('exchanged_trigger_id');
  if (Date.now() - trigger.at > triggerMs) return failure('expired_trigger_id');
  const refused = unfit(args.view as Record<string, unknown>);
  if (refused) return refused;
  const below = isPush ? workspace.topView(trigger.user) : undefined;
  if (isPush && below === undefined) return failure('not_found');
  if (isPush && depth(below) >= stackDepth) return failure('push_limit_reached');
  trigger.isUsed = true;
  const opened = place(workspace, trigger.user, args.view as OpenView['view'], below);
  return { ok: true, view: told(opened) };
}

function depth(view: OpenView | undefined): number {
  return view === undefined ? 0 : 1 + depth(view.below);
}

function opening(workspace: Workspace, user: string, view: OpenView['view']): OpenView {
  return { id: workspace.nextId('V'), user, hash: workspace.nextId('hash.'), view: withIds(workspace, view), below: undefined };
}

export function place(workspace: Workspace, user: string, view: OpenView['view'], below: OpenView | undefined): OpenView {
  const opened = { ...opening(workspace, user, view), below };
  workspace.views = [opened, ...workspace.views.filter((one) => one.user !== user)];
  workspace.changed();
  return opened;
}

export function replace(workspace: Workspace, target: OpenView, view: OpenView['view']): void {
  target.view = withIds(workspace, view);
  target.hash = workspace.nextId('hash.');
  workspace.changed();
}

/** Closes the modal on top; `all` closes what is under it too. */
export function close(workspace: Workspace, user: string, all: boolean): void {
  const top = workspace.topView(user);
  workspace.views = workspace.views.filter((view) => view.user !== user);
  if (top?.below && !all) workspace.views.unshift(top.below);
  workspace.changed();
}

function update(workspace: Workspace, args: Args): Answer {
  const target = workspace.viewById(String(args.view_id));
  if (target === undefined) return failure('not_found');
  if (args.hash !== undefined && args.hash !== target.hash) return failure('hash_conflict');
  const refused = unfit(args.view as Record<string, unknown>);
  if (refused) return refused;
  replace(workspace, target, args.view as OpenView['view']);
  return { ok: true, view: told(target) };
}

function withIds(workspace: Workspace, view: OpenView['view']): OpenView['view'] {
  return { ...view, blocks: view.blocks.map((block: Block) => ({ ...block, block_id: block.block_id ?? workspace.nextId('b').slice(-5) })) };
}

/** A view as Slack gives it out. */
export function told(opened: OpenView): Record<string, unknown> {
  return {
    id: opened.id,
    team_id: team,
    hash: opened.hash,
    app_id: 'A01SANDBOX',
    bot_id: 'B01RESPOND',
    root_view_id: opened.id,
    callback_id: '',
    private_metadata: '',
    state: { values: {} },
    ...opened.view,
  };
}
