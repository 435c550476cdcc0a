/** Slack's limits that this app comes near. Source: Block Kit reference and the methods' own pages. */
export const limits = {
  header: 150,
  buttonText: 75,
  optionText: 75,
  options: 100,
  checkboxes: 10,
  modalTitle: 24,
  privateMetadata: 3_000,
  blocksPerView: 100,
  fallbackText: 3_000,
  /** Of a reply that tells several steps: its plain form has room for them beside it. */
  sharedText: 300,
} as const;
