// A function that calls as its event says, waits for the answers it is told to wait for, and answers.
export const handler = async ({ await: waited = [], leave = [] }) => {
  for (const url of leave) fetch(url).catch(() => {});
  const said = [];
  for (const url of waited)
    said.push(
      await fetch(url).then(
        (a) => a.text().then(() => a.status),
        (e) => e.cause?.code,
      ),
    );
  return said;
};
