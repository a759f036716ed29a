curl "@URL@/organizations/@ORG@/me/tasks" \
  -H "Authorization: Bearer @TOKEN@" \
  -H "Accept: application/json" \
  -H "X-Tallyfy-Client: APIClient"
