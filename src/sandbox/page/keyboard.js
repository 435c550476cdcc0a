// Menus, focus and Escape, for whoever has no mouse.

const menuOf = (overflow) => overflow.querySelector('.menu');

export function openMenu(overflow, isOpen) {
  menuOf(overflow).hidden = !isOpen;
  overflow.querySelector('button').setAttribute('aria-expanded', String(isOpen));
}

/** Which menus are open: by their message and their button. */
export function openMenus(node) {
  const open = [...node.querySelectorAll('.overflow')].filter((overflow) => !menuOf(overflow).hidden);
  return open.map((overflow) => {
    const message = overflow.closest('[data-ts]');
    return `[data-ts="${message?.dataset.ts}"] .overflow:has([data-testid="${overflow.querySelector('button').dataset.testid}"])`;
  });
}

/** Finds the control that has the focus again when what it is in was drawn anew. */
export function focused() {
  const { testid } = document.activeElement?.dataset ?? {};
  const ts = document.activeElement?.closest('[data-ts]')?.dataset.ts;
  return testid && `${ts ? `[data-ts="${ts}"] ` : ''}[data-testid="${testid}"]`;
}

/** Escape closes what is on top: a modal, or a menu. */
export function closeTopmost() {
  const close = document.querySelector('.modal [data-testid=close]');
  if (close) return close.click();
  for (const overflow of [...document.querySelectorAll('.overflow')].filter((one) => !menuOf(one).hidden)) {
    openMenu(overflow, false);
    overflow.querySelector('button').focus();
  }
}
