// Draws Block Kit as Slack does, near enough that nobody needs an explanation. Text is only ever set as text, never as HTML.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** `act(element, chosen)` is called on a click; `names` gives users and groups by id. */
export function drawBlocks(blocks, act, names) {
  return blocks.map((block) => drawBlock(block, act, names)).filter(Boolean);
}

function drawBlock(block, act, names) {
  switch (block.type) {
    case 'header':
      return make('div', { class: 'b-header', role: 'heading', 'aria-level': '3' }, block.text.text);
    case 'section':
      return make('div', { class: 'b-text' }, ...drawText(block.text, names));
    case 'context':
      return make('div', { class: 'b-context' }, ...block.elements.map((element) => make('span', {}, ...drawText(element, names))));
    case 'divider':
      return make('hr');
    case 'rich_text':
      return make('div', {}, ...block.elements.map((element) => drawRich(element, names)));
    case 'actions':
      return make('div', { class: 'b-actions' }, ...block.elements.map((element) => drawElement(element, act)));
    case 'input':
      return drawField(block);
    default:
      return make('div', { class: 'b-text bad' }, `(a ${block.type} block)`);
  }
}

function drawRich(element, names) {
  const inner = element.elements.map((one) => drawInline(one, names));
  if (element.type === 'rich_text_preformatted') return make('pre', { class: 'b-pre' }, ...inner);
  return make('div', { class: 'b-text' }, ...inner);
}

function drawInline(one, names) {
  switch (one.type) {
    case 'date':
      return make('time', { title: one.fallback ?? '' }, shownTime(one.timestamp));
    case 'user':
    case 'usergroup':
      return make('span', { class: 'mention' }, `@${names(one.user_id ?? one.usergroup_id)}`);
    case 'broadcast':
      return make('span', { class: 'mention' }, `@${one.range}`);
    case 'link':
      return make('a', { href: one.url, target: '_blank', rel: 'noreferrer' }, one.text ?? one.url);
    default: {
      if (one.style?.bold) return make('strong', {}, one.text);
      return one.style?.code ? make('code', { class: 'text-code' }, one.text) : document.createTextNode(one.text);
    }
  }
}

/** Plain text as it stands; mrkdwn with its mentions and links, so that one which should not be there is seen. */
export function drawText(text, names) {
  if (text === undefined) return [];
  const source = typeof text === 'string' ? text : text.text;
  if (text.type === 'plain_text') return [document.createTextNode(source)];
  return source.split(/(<[^>\n]+>)/).map((part) => {
    const inner = /^<(.+)>$/.exec(part)?.[1];
    if (inner === undefined) return document.createTextNode(part.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
    const [target, label] = inner.split('|');
    if (/^[@!#]/.test(target)) return make('span', { class: 'mention' }, label ?? `@${names(target.replace(/^[@!#](subteam\^)?/, ''))}`);
    return make('a', { href: /^https?:/.test(target) ? target : '#', target: '_blank', rel: 'noreferrer' }, label ?? target);
  });
}

export function shownTime(seconds) {
  const at = new Date(seconds * 1000);
  const isToday = at.toDateString() === new Date().toDateString();
  return `${isToday ? 'Today' : at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })} ${at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}

function drawElement(element, act) {
  if (element.type === 'overflow') return drawOverflow(element, act);
  const attributes = {
    type: 'button',
    class: `button ${element.style ?? ''}`,
    'data-testid': `action-${element.action_id}`,
    onclick: () => act(element),
  };
  return make('button', attributes, element.text?.text ?? element.action_id);
}

function drawOverflow(element, act) {
  const menu = make('div', { class: 'menu', role: 'menu', hidden: true });
  const open = make(
    'button',
    {
      type: 'button',
      class: 'button',
      'aria-label': 'More',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'data-testid': `action-${element.action_id}`,
      onclick: () => {
        menu.hidden = !menu.hidden;
        open.setAttribute('aria-expanded', String(!menu.hidden));
        if (!menu.hidden) menu.querySelector('button').focus();
      },
    },
    '⋯',
  );
  for (const option of element.options) {
    const choose = () => {
      menu.hidden = true;
      open.setAttribute('aria-expanded', 'false');
      open.focus();
      act(element, option);
    };
    menu.append(
      make(
        'button',
        { type: 'button', class: 'menu-item', role: 'menuitem', 'data-testid': `option-${option.value.split(':')[0]}`, onclick: choose },
        option.text.text,
      ),
    );
  }
  return make('span', { class: 'overflow' }, open, menu);
}

function drawField({ label, hint, element, optional }) {
  const id = element.action_id;
  const field = make('div', { class: 'field', 'data-field': id });
  field.append(make('label', { for: `field-${id}` }, `${label.text}${optional ? ' (optional)' : ''}`));
  field.append(...controlsOf(element, id));
  if (hint) field.append(make('div', { class: 'hint' }, hint.text));
  return field;
}

function controlsOf(element, id) {
  const common = { id: `field-${id}`, name: id, 'data-testid': `input-${id}` };
  if (element.type === 'plain_text_input') {
    return [
      element.multiline ? make('textarea', { ...common, rows: '3' }) : make('input', { ...common, type: 'text', maxlength: element.max_length }),
    ];
  }
  if (element.type === 'checkboxes') {
    const ticked = new Set((element.initial_options ?? []).map(({ value }) => value));
    return element.options.map((option) =>
      make(
        'label',
        { class: 'choice' },
        make('input', { type: 'checkbox', name: id, value: option.value, checked: ticked.has(option.value), 'data-testid': `check-${option.value}` }),
        ` ${option.text.text}`,
        option.description && make('small', {}, option.description.text),
      ),
    );
  }
  const chosen = new Set([element.initial_option, ...(element.initial_options ?? [])].flatMap((option) => option?.value ?? []));
  const options = element.options.map((option) =>
    make(
      'option',
      { value: option.value, selected: chosen.has(option.value) },
      option.description ? `${option.text.text} (${option.description.text})` : option.text.text,
    ),
  );
  if (element.type === 'multi_static_select') return [make('select', { ...common, multiple: true, size: '8' }, ...options)];
  return [make('select', common, ...(chosen.size === 0 ? [make('option', { value: '' }, 'Choose…')] : []), ...options)];
}

/** What stands in a modal's fields, by action id. */
export function valuesIn(root) {
  const values = {};
  for (const field of root.querySelectorAll('[data-field]')) {
    const id = field.dataset.field;
    const boxes = [...field.querySelectorAll('input[type=checkbox]')];
    if (boxes.length > 0) values[id] = boxes.filter((box) => box.checked).map((box) => box.value);
    else values[id] = entered(field.querySelector('input, textarea, select'));
  }
  return values;
}

function entered(control) {
  return control.multiple ? [...control.selectedOptions].map(({ value }) => value) : control.value;
}
