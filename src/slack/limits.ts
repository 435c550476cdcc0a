/** Slack's limits that this app comes near. Source: Block Kit reference and the methods' own pages. */
export const limits = {
  header: 150,
  buttonText: 75,
  optionText: 75,
  optionValue: 150,
  options: 100,
  modalTitle: 24,
  privateMetadata: 3_000,
  inputText: 3_000,
  blocksPerView: 100,
  /** All of a message's text together; Slack itself stops at about 12,000. */
  cardText: 6_000,
  fallbackText: 3_000,
} as const;
