import json
import urllib.request

request = urllib.request.Request(
    "@URL@/organizations/@ORG@/me/tasks",
    headers={
        "Authorization": "Bearer @TOKEN@",
        "Accept": "application/json",
        "X-Tallyfy-Client": "APIClient",
    },
)
with urllib.request.urlopen(request) as response:
    print(json.dumps(json.load(response), indent=4))
