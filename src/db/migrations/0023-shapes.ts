/**
 * Nothing in the schema changes: incidents and entries are written in a shape that versions before do not read. With this they refuse the database
 * at their start, and a file is copied before the first such body is written.
 */
export async function up(): Promise<void> {
  // The name in the list of migrations is all.
}
