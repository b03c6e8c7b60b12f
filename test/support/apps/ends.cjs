// One call that never ends, one that fails; then the process ends as the first argument says.
const [, , how, url] = process.argv;
fetch(`${url}/never`).catch(() => {});
fetch(`${url}/fail`).then(async (answer) => {
  await answer.text();
  console.log(answer.status);
  if (how === 'exit') process.exit(3);
});
