import { drawBlocks, make, valuesIn } from './blocks.js';
import { closeTopmost, focused, openMenu, openMenus } from './keyboard.js';
import { ephemeralNode, messageNode } from './messages.js';

const channel = 'C01INCIDENT';
const $ = (id) => document.getElementById(id);
let state;
let place = 'channel';
let thread;
let shownView = '';
/** Where the keyboard was before a modal opened. */
let opener;
let offsetMs = 0;
/** The message that a link led to, as digits. */
let wanted;
const drawn = new Map();

async function get(path) {
  return (await fetch(path)).json();
}

async function post(path, body = {}) {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) say(answer.error ?? `Status ${response.status}`);
  else if (answer.warning) say(answer.warning);
  return answer;
}

function say(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  setTimeout(() => ($('toast').hidden = true), 4000);
}

const user = () => $('user').value;

function names(id) {
  return state.slack.users.find((one) => one.id === id)?.realName ?? state.slack.usergroups.find((one) => one.id === id)?.handle ?? id;
}

const click = (where) => (message, element, option) =>
  post('/api/slack/click', {
    user: user(),
    channel: where,
    ts: message.ts,
    action_id: element.action_id,
    ...(option ? { selected_option: option.value } : {}),
  });

function channelNode(message, replies) {
  return messageNode(message, { names, click: click(channel), open: openThread, replies });
}

/** Redraws a place only when it changed. Open menus, the focus and the scroll position stay. */
function redraw(node, content, draw, isNewestLast = true) {
  const key = JSON.stringify(content);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  const isAtEnd = node.scrollHeight - node.scrollTop - node.clientHeight < 80;
  const open = openMenus(node);
  const focus = node.contains(document.activeElement) && focused();
  node.replaceChildren(...draw());
  for (const overflow of open.flatMap((selector) => node.querySelector(selector) ?? [])) openMenu(overflow, true);
  if (focus) node.querySelector(focus)?.focus();
  if (isAtEnd && isNewestLast) node.scrollTop = node.scrollHeight;
}

function openThread(ts) {
  thread = ts;
  refresh();
}

function drawMessages(messages, ephemerals) {
  const isTop = (message) => message.thread_ts === undefined || message.broadcast;
  const count = (ts) => messages.filter((message) => message.thread_ts === ts).length;
  const items = [
    ...messages.filter(isTop).map((message) => ({ ts: message.ts, message, replies: message.thread_ts ? 0 : count(message.ts) })),
    ...ephemerals.filter(isTop).map((one) => ({ ts: one.ts, one })),
  ];
  items.sort((a, b) => Number(a.ts) - Number(b.ts));
  $('empty').hidden = items.length > 0;
  redraw($('messages'), items, () => items.map((item) => (item.message ? channelNode(item.message, item.replies) : ephemeralNode(item.one, names))));
  if (!messages.some((message) => message.ts === thread)) thread = undefined;
  const linked = wanted && document.querySelector(`[data-ts="${wanted.slice(0, 10)}.${wanted.slice(10)}"]`);
  if (linked) {
    wanted = undefined;
    linked.classList.add('linked');
    linked.scrollIntoView({ block: 'center' });
  }
  $('thread').hidden = thread === undefined;
  const inThread = thread === undefined ? [] : messages.filter((message) => message.ts === thread || message.thread_ts === thread);
  const said = thread === undefined ? [] : ephemerals.filter((one) => one.thread_ts === thread);
  const shown = [...inThread.map((message) => ({ ts: message.ts, message })), ...said.map((one) => ({ ts: one.ts, one }))];
  shown.sort((a, b) => Number(a.ts) - Number(b.ts));
  redraw($('thread-messages'), shown, () => shown.map((item) => (item.message ? channelNode(item.message, 0) : ephemeralNode(item.one, names))));
}

function drawModal(view) {
  const key = view ? `${view.id} ${view.hash}` : '';
  if (key === shownView) return;
  const isSame = view !== undefined && shownView.startsWith(`${view.id} `);
  const focus = isSame && focused();
  if (shownView === '') opener = focused();
  shownView = key;
  $('layer').hidden = view === undefined;
  for (const part of ['bar', 'app']) $(part).inert = view !== undefined;
  if (view === undefined) {
    $('layer').replaceChildren();
    return opener && document.querySelector(opener)?.focus();
  }
  const act = ({ action_id, value }) => post('/api/slack/click-view', { user: user(), view_id: view.id, action_id, value, values: valuesIn(body) });
  const close = () => post('/api/slack/close-view', { user: user(), view_id: view.id });
  const body = make('div', { class: 'body' }, ...drawBlocks(view.blocks, act, names));
  const submit = async (event) => {
    event.preventDefault();
    const button = modal.querySelector('[data-testid=submit]');
    button.disabled = true;
    const answer = await post('/api/slack/submit', { user: user(), view_id: view.id, values: valuesIn(body) });
    button.disabled = false;
    for (const old of body.querySelectorAll('.wrong')) old.remove();
    for (const [id, text] of Object.entries(answer.errors ?? {}))
      body.querySelector(`[data-field="${id}"]`)?.append(make('div', { class: 'wrong', role: 'alert' }, text));
  };
  const footer = make(
    'footer',
    {},
    make('button', { type: 'button', class: 'button', 'data-testid': 'close', onclick: close }, view.close?.text ?? 'Close'),
  );
  if (view.submit) footer.append(make('button', { type: 'submit', class: 'button primary', 'data-testid': 'submit' }, view.submit.text));
  const head = make('header', {}, view.title.text, make('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: close }, '✕'));
  const modal = make(
    'form',
    { class: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': view.title.text, tabindex: '-1', 'data-testid': 'modal', onsubmit: submit },
    head,
    body,
    footer,
  );
  $('layer').replaceChildren(modal);
  const first = modal.querySelector('.body :is(input, select, textarea)') ?? modal;
  ((focus && modal.querySelector(focus)) || first).focus();
}

function drawHome(view) {
  const blocks = view?.blocks ?? [];
  const act = ({ action_id, value }) => post('/api/slack/click-view', { user: user(), view_id: view.id, action_id, value });
  redraw($('home'), blocks, () => (blocks.length > 0 ? drawBlocks(blocks, act, names) : [make('p', {}, 'Nothing here yet.')]), false);
}

function drawDirect(messages, files) {
  const draw = (message) => messageNode(message, { names, click: click(user()), files });
  const none = make('p', {}, 'The responder has sent you no direct message.');
  redraw($('direct-messages'), { messages, files }, () => (messages.length > 0 ? messages.map(draw) : [none]));
}

function drawWire(exchanges) {
  const ways = { bot: 'bot → ', slack: 'Slack → bot', sns: 'SNS → bot', aws: 'AWS → bot' };
  const rows = exchanges.toReversed().slice(0, 150);
  const draw = (one) => {
    const isBad = !/^(ok|200|to another)/.test(one.status);
    return make('li', {}, make('span', { class: 'way' }, ways[one.from]), `${one.what} `, make('span', { class: isBad ? 'bad' : '' }, one.status));
  };
  redraw($('exchanges'), rows, () => rows.map(draw), false);
}

let isRefreshing = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isRefreshing) return;
  isRefreshing = true;
  while (isStale) {
    isStale = false;
    const me = user();
    const [now, { messages }, direct, { files }, { ephemerals }, { views }, { exchanges }, { view }] = await Promise.all([
      get('/api/state'),
      get(`/api/slack/messages?channel=${channel}`),
      get(`/api/slack/messages?channel=${me}`),
      get('/api/slack/files'),
      get(`/api/slack/ephemerals?user=${me}`),
      get(`/api/slack/views?user=${me}`),
      get('/api/exchanges'),
      get(`/api/slack/home?user=${me}`),
    ]);
    state = now;
    offsetMs = now.now - Date.now();
    drawMessages(messages, ephemerals);
    drawDirect(
      direct.messages,
      files.filter((file) => file.user === me),
    );
    drawModal(views[0]);
    drawWire(exchanges);
    drawHome(view);
  }
  isRefreshing = false;
}

function show(next) {
  place = next;
  for (const button of document.querySelectorAll('.place')) button.classList.toggle('current', button.dataset.place === place);
  for (const one of ['channel', 'direct', 'home']) $(one).hidden = place !== one;
  if (place === 'home') post('/api/slack/open-home', { user: user() });
}

async function start() {
  state = await get('/api/state');
  const roles = { remediator: 'remediator', responder: 'responder', bystander: 'bystander, no role', guest: 'guest of another workspace' };
  $('user').append(...state.slack.users.map((one) => make('option', { value: one.id }, `${one.realName} (${roles[one.role]})`)));
  $('scenarios').append(
    ...state.scenarios.map((name) =>
      make(
        'button',
        { type: 'button', title: state.titles[name], 'data-testid': `scenario-${name}`, onclick: () => post(`/api/scenarios/${name}`) },
        name,
      ),
    ),
  );
  $('user').addEventListener('change', refresh);
  $('phone').addEventListener('change', () => document.body.classList.toggle('phone', $('phone').checked));
  $('wire-shown').addEventListener('change', () => ($('wire').hidden = !$('wire-shown').checked));
  $('thread-close').addEventListener('click', () => openThread(undefined));
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && closeTopmost());
  $('reset').addEventListener('click', () => post('/api/reset'));
  for (const button of document.querySelectorAll('[data-advance]'))
    button.addEventListener('click', () => post('/api/clock', { advanceSeconds: Number(button.dataset.advance) }));
  for (const button of document.querySelectorAll('.place')) button.addEventListener('click', () => show(button.dataset.place));
  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    const [command, ...rest] = $('command').value.trim().split(' ');
    $('command').value = '';
    if (!command.startsWith('/')) return say('The responder reads no messages; try /signin-status.');
    post('/api/slack/command', { user: user(), channel, command, text: rest.join(' ') });
  });
  setInterval(() => ($('now').textContent = new Date(Date.now() + offsetMs).toISOString().slice(11, 19)), 500);
  wanted = /^\/archives\/[^/]+\/p(\d+)$/.exec(location.pathname)?.[1];
  new EventSource('/api/events').addEventListener('message', refresh);
  await refresh();
}

await start();
