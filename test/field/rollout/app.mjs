// Five calls, the third of which fails; prints what the application saw.
const saw = [];
for (let i = 0; i < 5; i++) {
  const answer = await fetch(`${process.env.PROVIDER}/${process.env.POD}/${i}`);
  saw.push(`${answer.status} ${await answer.text()}`);
}
console.log(saw.join('\n'));
