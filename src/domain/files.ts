/** Files that go to one person, in direct messages. */
export interface PersonalFile {
  readonly name: string;
  readonly content: string;
  /** What it is, in plain words of our own. */
  readonly says: string;
}

export interface Files {
  /** @param person a Slack user id @throws AppError what Slack says; `ambiguous`: the person may have it */
  send(person: string, file: PersonalFile): Promise<void>;
}
