/**
 * Waits for all of what a transaction does at once, also when one of them fails: nothing of it goes on once the transaction has ended.
 * @throws what failed first; what fails after it fails because of it
 */
export async function together<T extends readonly unknown[] | []>(works: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const failures: unknown[] = [];
  await Promise.all(
    works.map((work) =>
      Promise.resolve(work).catch((thrown) => {
        failures.push(thrown);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return Promise.all(works);
}
