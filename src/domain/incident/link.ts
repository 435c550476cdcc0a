/** Another incident that something is shared with. */
export interface IncidentLink {
  readonly id: number;
  /** What is shared: a name or a network. */
  readonly because: string;
}
