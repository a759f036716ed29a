const response = await fetch("@URL@/organizations/@ORG@/me/tasks", {
  headers: {
    Authorization: "Bearer @TOKEN@",
    Accept: "application/json",
    "X-Tallyfy-Client": "APIClient",
  },
});
if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
console.log(await response.json());
